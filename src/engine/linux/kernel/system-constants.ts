/** Numbers of the Linux interface, the same on x64 and arm64 unless noted. */

export const AF_INET = 2;
export const AF_INET6 = 10;
export const SOCK_STREAM = 1;
export const SOCK_DGRAM = 2;
/** The part of a type that is no flag. */
export const SOCK_TYPES = 0xf;
/** O_NONBLOCK and O_CLOEXEC, under whatever name. */
export const NONBLOCK = 0o4000;
export const CLOEXEC = 0o2000000;
export const SHUT_WR = 1;

export const IPPROTO_IP = 0;
export const IP_PKTINFO = 8;
export const IPPROTO_TCP = 6;
export const TCP_NODELAY = 1;
export const TCP_KEEPIDLE = 4;
export const TCP_QUICKACK = 12;
export const IPPROTO_IPV6 = 41;
export const IPV6_V6ONLY = 26;
export const IPV6_RECVPKTINFO = 49;
export const IPV6_PKTINFO = 50;
export const SOL_SOCKET = 1;
export const SO_REUSEADDR = 2;
export const SO_ERROR = 4;
export const SO_KEEPALIVE = 9;
export const SO_LINGER = 13;
export const SO_REUSEPORT = 15;

/** Requests of `ioctl`: bytes to read, and bytes sent but not acknowledged, the FIN among them. */
export const FIONREAD = 0x541b;
export const SIOCOUTQ = 0x5411;

export const MSG_DONTWAIT = 0x40;
export const MSG_NOSIGNAL = 0x4000;

export const POLLIN = 0x1;
export const POLLPRI = 0x2;
export const POLLRDHUP = 0x2000;

export const EPOLL_CTL_ADD = 1;
export const EPOLL_CTL_DEL = 2;
export const EPOLL_CTL_MOD = 3;
export const EPOLLIN = 0x1;
export const EPOLLPRI = 0x2;
export const EPOLLOUT = 0x4;
export const EPOLLERR = 0x8;
export const EPOLLHUP = 0x10;
export const EPOLLRDHUP = 0x2000;
export const EPOLLET = 0x80000000;

export const SPLICE_F_MOVE = 1;
export const SPLICE_F_NONBLOCK = 2;
export const F_DUPFD_CLOEXEC = 1030;
export const F_SETPIPE_SZ = 1031;
export const F_GETPIPE_SZ = 1032;

export const IPC_PRIVATE = 0;
export const IPC_RMID = 0;

/** System calls without a function in libc. */
export const IO_URING_SETUP = 425;
export const IO_URING_ENTER = 426;
export const SETUP_SUBMIT_ALL = 0x80;
export const SETUP_NO_MMAP = 0x4000;
export const ENTER_GETEVENTS = 1;
export const OP_NOP = 0;
export const OP_SEND = 26;
export const OP_RECV = 27;

export const EAGAIN = 11;
export const ENOMEM = 12;
export const ENFILE = 23;
export const EMFILE = 24;
export const EPIPE = 32;
export const ENOBUFS = 105;
export const ECONNREFUSED = 111;
export const EINPROGRESS = 115;
