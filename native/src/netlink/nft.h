/* A table of our own, `nettrace`, whose one rule asks for the state of connections: that alone makes the kernel track
   them. No packet goes through it, as its chain hangs on no hook. */
#pragma once

/* A socket that owns the table, or -errno: the kernel removes the table when the socket is closed, also by a crash. */
int nft_track(void);
