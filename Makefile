# Kymograph: `make run` opens the window, `make test` runs every test; `make` lists what there is.
# GNU make. Nothing here needs root: scripts/setup asks through sudo where a system package is missing.

PREFIX  ?= /usr/local
DESTDIR ?=
# Where `make install` finds the program: `make install BIN=…` installs one that was built elsewhere.
BIN     ?= target/release/kymograph
# The library for other programs, and how it is built: `release`, or `dev` for the tests.
LIBRARY ?= target/release/libkymograph.so
PROFILE ?= release
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
.PHONY: help run build library test test-packages bench check install install-program install-library uninstall deb rpm dist clean

help: ## list what there is
	@echo "Kymograph: make TARGET"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 18

run: build ## open the window with the sine job; without a display run it to its end and write figure.png
# The program finds out itself whether there is a display.
	$(BIN) sine --autostart --save figure.png

build: ## build the program with optimisation
	@scripts/setup run
	$(CARGO) build --release --locked

# Its own names first, whatever the program that loads it calls its own; of its parts, only the C functions are to be seen.
library: ## build the library for other Qt programs; `make install` then installs it too
	@scripts/setup library
	$(CARGO) rustc --profile $(PROFILE) --locked --lib --crate-type cdylib -- -C link-arg=-Wl,-soname,libkymograph.so.0 \
		-C link-arg=-Wl,-Bsymbolic -C link-arg=-Wl,--exclude-libs,ALL

test: ## run every test; the summary comes last
	@scripts/setup test
	scripts/test-env $(CARGO) test --locked --doc
# Without window and Parquet the rest is the same.
	scripts/test-env $(CARGO) nextest run --locked --no-default-features --test cli --test export_cli
	scripts/hosts
	scripts/test-env $(CARGO) nextest run --locked

test-packages: ## build the packages, install one in a clean Debian, start the program there; needs the network
	@scripts/setup test
	@scripts/setup package
	scripts/test-env $(CARGO) nextest run --locked --run-ignored only -E 'binary(packages)'

bench: ## measure the window under load, beside other plotting programs where they are installed
	@scripts/setup test
	$(CARGO) build --release --locked --features bench
	benches/side_by_side

check: ## look at format, lints, licences, QML and shell scripts; the cheap ones first
	@scripts/setup check
	$(CARGO) fmt --check
	shellcheck scripts/* .ci/run tests/data/start_in_chroot.sh
	$(CARGO) deny --locked --all-features check licenses bans sources
	$(CARGO) clippy --locked --all-targets --no-default-features -- -D warnings
	$(CARGO) clippy --locked --all-targets --features bench -- -D warnings
	scripts/qmllint
	desktop-file-validate packaging/*.desktop
	appstreamcli validate --no-net packaging/$(ID).metainfo.xml
	scripts/translations
	cd python && $(python) -m ruff check && $(python) -m mypy

# An installation as root must not need Cargo: it takes what `make build` has made.
$(BIN):
	@echo "There is no $(BIN) yet: run 'make build' first, as yourself." >&2; exit 1

share := $(DESTDIR)$(PREFIX)/share
icons := $(share)/icons/hicolor
docs  := $(share)/doc/kymograph
MIME  := application-x-kymograph-run

# The library only where it was built: most people want the program.
install: install-program $(if $(wildcard $(LIBRARY)),install-library) ## install below PREFIX (/usr/local) what was built: program, library
	$(tell-desktop)

install-program: $(BIN)
	install -Dm755 $(BIN) $(DESTDIR)$(PREFIX)/bin/kymograph
	install -Dm644 -t $(share)/applications packaging/$(ID).desktop packaging/$(ID).Open.desktop
	install -Dm644 -t $(share)/metainfo packaging/$(ID).metainfo.xml
	install -Dm644 packaging/$(ID).mime.xml $(share)/mime/packages/$(ID).xml
	install -Dm644 -t $(icons)/scalable/apps packaging/icons/$(ID).svg
	install -Dm644 -t $(icons)/symbolic/apps packaging/icons/$(ID)-symbolic.svg
	install -Dm644 -t $(icons)/scalable/mimetypes packaging/icons/$(MIME).svg
	install -Dm644 -t $(docs) README.md CHANGELOG.md LICENSE-MIT LICENSE-APACHE assets/fonts/LICENSE-DejaVu.txt
# The program knows its own command line best. The files are everybody's to read, whatever the umask.
	umask 022 && $(BIN) generate man $(share)/man/man1 && $(BIN) generate completions $(share)

$(LIBRARY):
	@echo "There is no $(LIBRARY) yet: run 'make library' first, as yourself." >&2; exit 1

target  := $(abspath $(or $(CARGO_TARGET_DIR),target))
version := $(shell sed -n 's/^version = "\(.*\)"$$/\1/p' Cargo.toml | head -n 1)

# Where libraries lie below the prefix differs from system to system: CMake knows.
install-library: $(LIBRARY)
	cmake -S cpp/embed -B $(target)/embed -DCMAKE_BUILD_TYPE=Release -DCMAKE_INSTALL_PREFIX=$(abspath $(PREFIX)) \
		-DKYMOGRAPH_VERSION=$(version) -DKYMOGRAPH_LIBRARY=$(abspath $(LIBRARY)) \
		-DKYMOGRAPH_QML_MODULE=$(target)/cxxqt/qml_modules/Kymograph
	cmake --build $(target)/embed
	DESTDIR=$(DESTDIR) cmake --install $(target)/embed

uninstall: ## remove what `make install` with the same PREFIX has installed
	rm -f $(DESTDIR)$(PREFIX)/bin/kymograph
	rm -f $(share)/applications/$(ID).desktop $(share)/applications/$(ID).Open.desktop
	rm -f $(share)/metainfo/$(ID).metainfo.xml $(share)/mime/packages/$(ID).xml
	rm -f $(icons)/scalable/apps/$(ID).svg $(icons)/symbolic/apps/$(ID)-symbolic.svg
	rm -f $(icons)/scalable/mimetypes/$(MIME).svg
	rm -f $(share)/man/man1/kymograph.1 $(share)/man/man1/kymograph-*.1
	rm -f $(share)/bash-completion/completions/kymograph $(share)/zsh/site-functions/_kymograph
	rm -f $(share)/fish/vendor_completions.d/kymograph.fish
	rm -rf $(docs)
	for folder in $(wildcard $(DESTDIR)$(PREFIX)/lib $(DESTDIR)$(PREFIX)/lib64 $(DESTDIR)$(PREFIX)/lib/*-linux-gnu*); do \
		rm -f $$folder/libkymograph.so* $$folder/pkgconfig/kymograph.pc; \
		rm -rf $$folder/cmake/Kymograph $$folder/qt6/qml/Kymograph; \
	done
	rm -rf $(DESTDIR)$(PREFIX)/include/kymograph
	$(tell-desktop)

# Desktops keep lists of menu entries, file types and icons. A package does this after it was unpacked.
define tell-desktop
@test -n "$(DESTDIR)" || for refresh in "update-mime-database $(share)/mime" "update-desktop-database -q $(share)/applications" \
		"gtk-update-icon-cache -qtf $(icons)"; do \
	! command -v $${refresh%% *} >/dev/null || $$refresh >/dev/null 2>&1 || \
		echo "The desktop may learn of the change only later: $$refresh failed" >&2; \
done
endef

# As for `make install`, `BIN=…` packs a program that was built elsewhere.
deb: $(BIN) ## pack the program for Debian, into target/packages
	@scripts/setup package
	scripts/deb $(BIN)

rpm: $(BIN) ## pack the program for Fedora, into target/packages
	@scripts/setup package
	scripts/rpm $(BIN)

dist: ## pack the last commit with all its crates, to be built without a network, into target/packages
	scripts/dist

clean: ## remove what was built
	$(CARGO) clean
	rm -f figure.png
