//! The socket where clients and viewers meet: its path, its directory, its lock, and the user at the other end.
//!
//! Runs on the caller's thread and waits for nobody. Knows neither frames nor processes. The directory is opened once,
//! and all that can be is looked up in what was opened, so nobody can put another in its place after it was checked.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs::{File, TryLockError};
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, Stat, chmodat, fstat, mkdirat, openat, statat, unlinkat};
use rustix::io::Errno;
use rustix::net::sockopt::socket_peercred;
use rustix::net::{
    AddressFamily, SocketAddrUnix, SocketFlags, SocketType, accept_with, bind, connect, listen, socket_with,
};
use rustix::process::geteuid;

/// Name of the file beside the socket whose lock the one who listens holds. It stays when the socket goes.
pub const LOCK_NAME: &str = "viewer.lock";

/// Name of the socket where nobody chose another.
const SOCKET_NAME: &str = "viewer.sock";

/// Longest path of a socket, in bytes: the kernel's field has 108, of which the last is zero.
const MAX_PATH_BYTES: usize = 107;

/// Connections that may wait until they are accepted; more get an error or wait themselves.
const BACKLOG: i32 = 128;

/// Mode bits that let others than the owner write.
const OTHERS_WRITE: u32 = 0o022;

/// The bit of a directory, as of /tmp, in which people may only remove what is their own.
const STICKY: u32 = 0o1000;

/// Why the socket cannot be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SocketError {
    /// The path has no last part that could be a socket's name.
    #[error("KYMOGRAPH_SOCKET={}: this is no path of a socket", path.display())]
    NoName {
        /// The path.
        path: PathBuf,
    },
    /// The path is longer than the system takes.
    #[error(
        "{}: the path of a socket has at most {MAX_PATH_BYTES} bytes, this one has {bytes}; choose a shorter one with \
         KYMOGRAPH_SOCKET",
        path.display()
    )]
    TooLong {
        /// The path.
        path: PathBuf,
        /// Its length in bytes.
        bytes: usize,
    },
    /// What should be a directory is a link, or something else.
    #[error("{}: this is a symbolic link or no directory, so the socket cannot be in it", path.display())]
    NotADir {
        /// The directory.
        path: PathBuf,
    },
    /// Something belongs to another user.
    #[error("{}: this belongs to another user (uid {uid}); it is refused and left as it is", path.display())]
    OtherOwner {
        /// What.
        path: PathBuf,
        /// Whose.
        uid: u32,
    },
    /// Others may come into a directory, or change what is in it.
    #[error("{}: its mode is {mode:04o}, but {wanted}", path.display())]
    OpenToOthers {
        /// The directory.
        path: PathBuf,
        /// Its mode.
        mode: u32,
        /// What it has to be, as a clause.
        wanted: &'static str,
    },
    /// Something else has the name of the socket or of the lock.
    #[error("{}: this is in the way, as it is no {wanted}; it is left as it is", path.display())]
    InTheWay {
        /// What.
        path: PathBuf,
        /// What it should be.
        wanted: &'static str,
    },
    /// Somebody listens who does not hold the lock.
    #[error("{}: another program listens there", path.display())]
    Taken {
        /// The socket.
        path: PathBuf,
    },
    /// The system refuses.
    #[error("cannot {doing} {}: {source}", path.display())]
    Io {
        /// What was being done, as a verb.
        doing: &'static str,
        /// To what.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
}

impl SocketError {
    fn io(doing: &'static str, path: &Path) -> impl FnOnce(Errno) -> Self {
        move |errno| Self::Io { doing, path: path.to_owned(), source: errno.into() }
    }
}

/// Where the socket is, and what its directory has to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SocketPlace {
    dir: PathBuf,
    name: OsString,
    /// Whether a person chose the directory: then it has to be there; else it is ours alone and made when needed.
    is_chosen: bool,
}

impl SocketPlace {
    /// `$KYMOGRAPH_SOCKET`, else `kymograph/viewer.sock` in `$XDG_RUNTIME_DIR`, else in `/run/user/UID` if that exists,
    /// else `/tmp/kymograph-UID/viewer.sock`.
    ///
    /// # Errors
    /// [`SocketError::NoName`] if `$KYMOGRAPH_SOCKET` cannot be a socket.
    pub fn find() -> Result<Self, SocketError> {
        Self::resolve(|name| env::var_os(name), own_uid(), Path::new("/run/user"))
    }

    /// The same for any environment and user; `run_user` stands for `/run/user`.
    ///
    /// # Errors
    /// As [`find`](Self::find).
    pub fn resolve(
        variable: impl Fn(&str) -> Option<OsString>,
        uid: u32,
        run_user: &Path,
    ) -> Result<Self, SocketError> {
        let set = |name| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        if let Some(path) = set("KYMOGRAPH_SOCKET") {
            return Self::at(&path);
        }
        // The XDG rules tell to pass over a path that is not absolute.
        let runtime_dir = set("XDG_RUNTIME_DIR").filter(|path| path.is_absolute());
        let runtime_dir = runtime_dir.or_else(|| Some(run_user.join(uid.to_string())).filter(|path| path.is_dir()));
        Ok(match runtime_dir {
            Some(runtime_dir) => Self::in_dir_of_its_own(runtime_dir.join("kymograph")),
            None => Self::in_dir_of_its_own(PathBuf::from(format!("/tmp/kymograph-{uid}"))),
        })
    }

    /// A path of choice: its directory has to be there, to be the user's, and to be writable by nobody else.
    ///
    /// # Errors
    /// [`SocketError::NoName`] if it has no last part.
    pub fn at(path: &Path) -> Result<Self, SocketError> {
        let no_name = || SocketError::NoName { path: path.to_owned() };
        // A slash at the end names a directory.
        let ends_as_dir = path.as_os_str().as_bytes().ends_with(b"/");
        let name = path.file_name().filter(|_| !ends_as_dir).ok_or_else(no_name)?;
        let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Ok(Self { dir: dir.to_owned(), name: name.to_owned(), is_chosen: true })
    }

    /// `viewer.sock` in a directory that has mode 0700 and is made when it is needed.
    #[must_use]
    pub fn in_dir_of_its_own(dir: PathBuf) -> Self {
        Self { dir, name: SOCKET_NAME.into(), is_chosen: false }
    }

    /// The path of the socket.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.dir.join(&self.name)
    }

    /// Listens there: makes the directory if it is ours to make, takes the lock, replaces a socket that was left behind.
    /// `None` if another process holds the lock.
    ///
    /// # Errors
    /// [`SocketError`]; nothing that is not ours was changed.
    pub fn listen(&self) -> Result<Option<Listener>, SocketError> {
        let path = self.path();
        let bytes = path.as_os_str().len();
        if bytes > MAX_PATH_BYTES {
            return Err(SocketError::TooLong { path, bytes });
        }
        let address = SocketAddrUnix::new(&path).map_err(SocketError::io("use", &path))?;
        let dir = self.open_dir()?;
        let Some(lock) = self.lock(&dir)? else { return Ok(None) };
        self.clear(&dir, &address)?;
        let socket = new_socket().and_then(|socket| bind(&socket, &address).map(|()| socket));
        let socket = socket.map_err(SocketError::io("make", &path))?;
        // Before anybody can connect: that takes `listen`.
        chmodat(&dir, &self.name, Mode::from_raw_mode(0o600), AtFlags::empty())
            .map_err(SocketError::io("protect", &path))?;
        let made = self.look(&dir, &self.name).map_err(SocketError::io("find", &path))?;
        check_owner(&made, &path)?;
        listen(&socket, BACKLOG).map_err(SocketError::io("listen at", &path))?;
        Ok(Some(Listener { socket, dir, place: self.clone(), identity: identity(&made), _lock: lock }))
    }

    fn open_dir(&self) -> Result<OwnedFd, SocketError> {
        // Enough to look at it and into it; works for directories that may not be listed, too.
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let open = |at: BorrowedFd<'_>, name: &OsStr| match openat(at, name, flags | OFlags::NOFOLLOW, Mode::empty()) {
            Err(Errno::NOTDIR | Errno::LOOP) => Err(SocketError::NotADir { path: self.dir.clone() }),
            opened => opened.map_err(SocketError::io("open", &self.dir)),
        };
        let dir = match (self.dir.parent(), self.dir.file_name()) {
            (Some(parent), Some(name)) if !self.is_chosen => {
                let above = openat(CWD, parent, flags, Mode::empty()).map_err(SocketError::io("open", parent))?;
                check_above(&above, parent)?;
                match mkdirat(&above, name, Mode::from_raw_mode(0o700)) {
                    Ok(()) | Err(Errno::EXIST) => {}
                    Err(errno) => return Err(SocketError::io("make", &self.dir)(errno)),
                }
                open(above.as_fd(), name)?
            }
            _ => open(CWD, self.dir.as_os_str())?,
        };
        let stat = fstat(&dir).map_err(SocketError::io("look at", &self.dir))?;
        check_owner(&stat, &self.dir)?;
        let mode = stat.st_mode & 0o7777;
        let (is_right, wanted) = if self.is_chosen {
            (mode & OTHERS_WRITE == 0, "nobody but you may be able to write into the directory of KYMOGRAPH_SOCKET")
        } else {
            (mode & 0o777 == 0o700, "the directory of the socket must have 0700")
        };
        if is_right { Ok(dir) } else { Err(SocketError::OpenToOthers { path: self.dir.clone(), mode, wanted }) }
    }

    /// The lock, held; `None` if another process holds it.
    fn lock(&self, dir: &OwnedFd) -> Result<Option<File>, SocketError> {
        let path = self.dir.join(LOCK_NAME);
        // Not to be kept waiting by a pipe of that name.
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = match openat(dir, LOCK_NAME, flags, Mode::from_raw_mode(0o600)) {
            Err(Errno::LOOP | Errno::ISDIR | Errno::NXIO) => {
                return Err(SocketError::InTheWay { path, wanted: "plain file" });
            }
            opened => opened.map_err(SocketError::io("open", &path))?,
        };
        let stat = fstat(&file).map_err(SocketError::io("look at", &path))?;
        check_owner(&stat, &path)?;
        check_type(&stat, FileType::RegularFile, "plain file", &path)?;
        let file = File::from(file);
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(source)) => Err(SocketError::Io { doing: "lock", path, source }),
        }
    }

    /// Takes away a socket of ours that nobody listens at. Only for who holds the lock.
    fn clear(&self, dir: &OwnedFd, address: &SocketAddrUnix) -> Result<(), SocketError> {
        let path = self.path();
        let stat = match self.look(dir, &self.name) {
            Err(Errno::NOENT) => return Ok(()),
            found => found.map_err(SocketError::io("look at", &path))?,
        };
        check_owner(&stat, &path)?;
        check_type(&stat, FileType::Socket, "socket", &path)?;
        // The lock keeps out only those who know of it: a path of choice may be the socket of something else.
        match new_socket().and_then(|probe| connect(&probe, address)) {
            Err(Errno::CONNREFUSED) => {}
            Err(Errno::NOENT) => return Ok(()),
            // A queue that is full, or a socket of another type: somebody listens all the same.
            Ok(()) | Err(Errno::AGAIN | Errno::PROTOTYPE) => return Err(SocketError::Taken { path }),
            Err(errno) => return Err(SocketError::io("try", &path)(errno)),
        }
        unlinkat(dir, &self.name, AtFlags::empty()).map_err(SocketError::io("replace", &path))
    }

    fn look(&self, dir: &OwnedFd, name: &OsStr) -> Result<Stat, Errno> {
        statat(dir, name, AtFlags::SYMLINK_NOFOLLOW)
    }
}

/// The socket, listened at, with the lock. Dropping it takes the socket's file away, if it is still the same, and then
/// lets go of the lock.
#[derive(Debug)]
pub struct Listener {
    // Closed in this order: who gets the lock next must find nobody listening.
    socket: OwnedFd,
    dir: OwnedFd,
    place: SocketPlace,
    identity: (u64, u64),
    _lock: File,
}

impl Listener {
    /// The path of the socket.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.place.path()
    }

    /// The next connection; `None` if none waits. It may be of any user: ask [`peer_uid`].
    ///
    /// # Errors
    /// The system's, for instance if there are too many open files; the connection waits on.
    pub fn accept(&self) -> io::Result<Option<UnixStream>> {
        loop {
            match accept_with(&self.socket, SocketFlags::CLOEXEC) {
                Ok(connection) => return Ok(Some(connection.into())),
                Err(Errno::AGAIN) => return Ok(None),
                // The one who came has gone again, or a signal came between.
                Err(Errno::CONNABORTED | Errno::INTR) => {}
                Err(errno) => return Err(errno.into()),
            }
        }
    }

    /// Takes the socket's file away, if it is still the one that was made here. Who is in the queue can still be accepted.
    pub fn remove(&self) {
        let name = &self.place.name;
        let is_ours = self.place.look(&self.dir, name).is_ok_and(|stat| identity(&stat) == self.identity);
        if is_ours && let Err(errno) = unlinkat(&self.dir, name, AtFlags::empty()) {
            // The next one to listen there replaces it.
            log::warn!("cannot remove {}: {errno}", self.path().display());
        }
    }
}

impl AsFd for Listener {
    /// Readable when a connection waits.
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.remove();
    }
}

/// The user at the other end of a connection, as the kernel knows it from the moment of connecting.
///
/// # Errors
/// The system's, if it does not know.
pub fn peer_uid(connection: impl AsFd) -> io::Result<u32> {
    Ok(socket_peercred(connection)?.uid.as_raw())
}

/// The user that this process acts for, and who owns the files that it makes.
#[must_use]
pub fn own_uid() -> u32 {
    geteuid().as_raw()
}

fn new_socket() -> Result<OwnedFd, Errno> {
    socket_with(AddressFamily::UNIX, SocketType::STREAM, SocketFlags::CLOEXEC | SocketFlags::NONBLOCK, None)
}

/// What tells this file from all others, as long as it is open.
fn identity(stat: &Stat) -> (u64, u64) {
    (stat.st_dev, stat.st_ino)
}

fn check_owner(stat: &Stat, path: &Path) -> Result<(), SocketError> {
    if stat.st_uid == own_uid() {
        return Ok(());
    }
    Err(SocketError::OtherOwner { path: path.to_owned(), uid: stat.st_uid })
}

fn check_type(stat: &Stat, wanted: FileType, word: &'static str, path: &Path) -> Result<(), SocketError> {
    if FileType::from_raw_mode(stat.st_mode) == wanted {
        return Ok(());
    }
    Err(SocketError::InTheWay { path: path.to_owned(), wanted: word })
}

/// Checks the directory in which ours is made: nobody but the user and root may rename what is in it.
fn check_above(above: &OwnedFd, path: &Path) -> Result<(), SocketError> {
    let stat = fstat(above).map_err(SocketError::io("look at", path))?;
    if stat.st_uid != 0 {
        check_owner(&stat, path)?;
    }
    let mode = stat.st_mode & 0o7777;
    if mode & OTHERS_WRITE != 0 && mode & STICKY == 0 {
        let wanted = "others may not write into it unless it has the sticky bit, as /tmp has";
        return Err(SocketError::OpenToOthers { path: path.to_owned(), mode, wanted });
    }
    Ok(())
}
