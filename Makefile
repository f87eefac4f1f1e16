# Kymograph: `make run` opens the window, `make test` runs every test; `make` lists what there is.
# GNU make. Nothing here needs root: scripts/setup asks through sudo where a system package is missing.

PREFIX  ?= /usr/local
DESTDIR ?=
# Where `make install` finds the program: `make install BIN=…` installs one that was built elsewhere.
BIN     ?= target/release/kymograph
ID      := io.github.kymograph.Kymograph

# The compiler cache, first in PATH, makes every build of the Qt bindings but the first one short.
# Its folder is named differently on Debian, Fedora, openSUSE and Arch. Cargo from rustup may not be in PATH yet.
ccache  := $(firstword $(wildcard /usr/lib/ccache/bin /usr/lib64/ccache /usr/lib/ccache))
export PATH := $(if $(ccache),$(ccache):)$(PATH):$(HOME)/.cargo/bin

CARGO   ?= cargo
# Made by scripts/setup: with all that the Python client's tests and checks need.
python  := $(abspath $(or $(CARGO_TARGET_DIR),target))/python/bin/python

.DEFAULT_GOAL := help
# Cargo uses all processors by itself; two of them at once would only wait for each other.
.NOTPARALLEL:
.PHONY: help run build test bench check install uninstall clean

help: ## list what there is
	@echo "Kymograph: make TARGET"
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 14

run: build ## open the window with the sine job; without a display run it to its end and write figure.png
# The program finds out itself whether there is a display.
	$(BIN) sine --autostart --save figure.png

build: ## build the program with optimisation
	@scripts/setup run
	$(CARGO) build --release --locked

test: ## run every test; the summary comes last
	@scripts/setup test
	scripts/test-env $(CARGO) test --locked --doc
	scripts/test-env $(CARGO) nextest run --locked --no-default-features
	scripts/test-env $(CARGO) nextest run --locked

bench: ## measure the window under load, beside other plotting programs where they are installed
	@scripts/setup test
	$(CARGO) build --release --locked --features bench
	benches/side_by_side

check: ## look at format, lints, licences, QML and shell scripts; the cheap ones first
	@scripts/setup check
	$(CARGO) fmt --check
	shellcheck scripts/* .ci/run
	$(CARGO) deny --locked --all-features check licenses bans sources
	$(CARGO) clippy --locked --all-targets --no-default-features -- -D warnings
	$(CARGO) clippy --locked --all-targets --features bench -- -D warnings
	scripts/qmllint
	scripts/translations
	cd python && $(python) -m ruff check && $(python) -m mypy

# An installation as root must not need Cargo: it takes what `make build` has made.
$(BIN):
	@echo "There is no $(BIN) yet: run 'make build' first, as yourself." >&2; exit 1

share := $(DESTDIR)$(PREFIX)/share
icons := $(share)/icons/hicolor
docs  := $(share)/doc/kymograph

install: $(BIN) ## install below PREFIX (/usr/local): program, menu entry, icons, licences
	install -Dm755 $(BIN) $(DESTDIR)$(PREFIX)/bin/kymograph
	install -Dm644 packaging/$(ID).desktop $(share)/applications/$(ID).desktop
	install -Dm644 packaging/icons/$(ID).svg $(icons)/scalable/apps/$(ID).svg
	install -Dm644 packaging/icons/$(ID)-symbolic.svg $(icons)/symbolic/apps/$(ID)-symbolic.svg
	install -d $(docs)
	install -m644 README.md CHANGELOG.md LICENSE-MIT LICENSE-APACHE assets/fonts/LICENSE-DejaVu.txt $(docs)

uninstall: ## remove what `make install` with the same PREFIX has installed
	rm -f $(DESTDIR)$(PREFIX)/bin/kymograph $(share)/applications/$(ID).desktop
	rm -f $(icons)/scalable/apps/$(ID).svg $(icons)/symbolic/apps/$(ID)-symbolic.svg
	rm -rf $(docs)

clean: ## remove what was built
	$(CARGO) clean
	rm -f figure.png
