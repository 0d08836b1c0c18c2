//! Backend processes and their sockets.
