/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Every number of the hub that was chosen, with the reason. What bounds a batch or a page may be defined before, smaller, as the simulator
 * does (tests/sim/meson.build). */

/** Threads that serve. Store calls block them, so there are more than processors; a waiting poll holds none of them. */
#define LUO_HUB_THREADS 8

/** Open connections: four thousand waiting polls and as many again at work. The open-file limit must allow it. */
#define LUO_HUB_MAX_CONNECTIONS 8192

/** A connection that neither sends nor takes a byte for so long is closed. Waiting polls do not count. */
#define LUO_HUB_IDLE_SECONDS 120

/** Memory of one connection for its headers and buffers: it bounds the size of a header (half of it) and of one written chunk; a
 * waiting feed costs some 40 kB. */
#define LUO_HUB_CONNECTION_MEMORY (64 * 1024)

/** The longest JSON body: a batch of thousands of records, far from what hurts the machine. Attachments have their own limit. */
#define LUO_HUB_MAX_BODY (64 * 1024 * 1024)

/** The largest document: CouchDB's max_document_size. */
#define LUO_HUB_MAX_DOCUMENT 8000000

/** The largest single attachment: a long video of a visit. It goes to disk as it arrives. */
#define LUO_HUB_MAX_ATTACHMENT (G_GINT64_CONSTANT (4) * 1024 * 1024 * 1024)

/** A refused body up to this size is read to its end, so that its sender gets to read the refusal; beyond, the line is cut. */
#define LUO_HUB_MAX_DISCARD (256 * 1024 * 1024)

/** Nobody sends this many segments of a path or members of a query in earnest. */
#define LUO_HUB_MAX_PARTS 64

/** Documents handed to the store at once: they are written while the next are read or hashed. The store writes in one transaction what
 * waits for it, so that of a thousand the first part is one and the rest another. */
#ifndef LUO_HUB_INSERT_BATCH
#define LUO_HUB_INSERT_BATCH 250
#endif

/** So many parts of one request may wait to be written before no more of it is read. */
#define LUO_HUB_INSERT_AHEAD 4

/** Bytes of bodies handed to the store at once: bounds what one request holds parsed. */
#ifndef LUO_HUB_INSERT_BYTES
#define LUO_HUB_INSERT_BYTES (4 * 1024 * 1024)
#endif

/** Rows read for one step of a feed or a list. */
#ifndef LUO_HUB_PAGE
#define LUO_HUB_PAGE 500
#endif

/** An answer is produced until so many bytes wait to be sent. */
#ifndef LUO_HUB_CHUNK
#define LUO_HUB_CHUNK (64 * 1024)
#endif

/** A session by cookie lasts so long after its last renewal: CouchDB's default. */
#define LUO_HUB_SESSION_SECONDS 600

/** A cookie is renewed where less than this part (of a hundred) of its time is left, as CouchDB does. */
#define LUO_HUB_SESSION_RENEW_PERCENT 90

/** A verified password of basic authentication is remembered (as a keyed hash) so long: one argon2id costs 50 ms. */
#define LUO_HUB_CREDENTIAL_SECONDS 120

/** Failed sign-ins of one name from one address within the window before more are refused unread. */
#define LUO_HUB_SIGN_IN_FAILURES 10
/** Failed sign-ins of one address whatever the name: an office behind one address has many users, a guesser has more. */
#define LUO_HUB_SIGN_IN_FAILURES_ADDRESS 100
#define LUO_HUB_SIGN_IN_WINDOW_SECONDS 300

/** How long what is known of spaces is believed: another process (`luoshi-hub db create`) may change them. */
#define LUO_HUB_SPACES_FRESH_USEC (G_USEC_PER_SEC)

/** A feed without heartbeat ends after so long at the latest: CouchDB's default and greatest timeout. */
#define LUO_HUB_FEED_TIMEOUT_MSEC 60000
/** The shortest heartbeat granted, so that a client can not make the hub write all the time. */
#define LUO_HUB_MIN_HEARTBEAT_MSEC 100

/** What is in flight gets so long to finish when the hub stops. */
#define LUO_HUB_STOP_SECONDS 20
