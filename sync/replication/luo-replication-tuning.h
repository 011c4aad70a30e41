/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Every number that replication is tuned by, each with its reason. Nothing outside sync/replication includes this. What bounds a batch or a
 * page may be defined before, smaller: the simulator is built so, and a few records take several of them (tests/sim/meson.build). */

/* HTTP */

/** Bytes read from a connection at a time: a loopback or LAN read brings about so much, and more would only sit in memory. */
#define LUO_TUNING_READ_CHUNK (64 * 1024)
/** Bytes of one reply that wait for the job that asked; reading pauses above. Two or three chunks hide the change of threads. */
#define LUO_TUNING_READ_AHEAD (256 * 1024)
/** The most bytes of a reply that is collected and not streamed: the reply to a batch of revisions has some 100 bytes a row. */
#define LUO_TUNING_REPLY_MAX (8 * 1024 * 1024)
/** Seconds without a byte after which a request is given up: a half-open socket never ends by itself (P6089), and a slow
 * validation of a large batch on a small server was seen to take half a minute. */
#define LUO_TUNING_WATCHDOG 45
/** Milliseconds that a long poll may wait on the server: below the 60 s after which proxies commonly cut a silent connection. */
#define LUO_TUNING_LONGPOLL_MS 50000
/** Seconds beyond that after which a long poll counts as half-open. */
#define LUO_TUNING_LONGPOLL_GRACE 15
/** Connections to one server: a long poll for each of some twenty spaces and the work beside them. */
#define LUO_TUNING_CONNECTIONS 48
/** Requests under way at once, long polls aside: enough for three spaces at work; halved whenever the server says it is busy. */
#define LUO_TUNING_REQUESTS 8
/** Successful requests after which one more is allowed at once again. */
#define LUO_TUNING_REQUESTS_REGAIN 16
/** How often a request is sent again where the server answers 429 or 503, before the job gives up. */
#define LUO_TUNING_BUSY_TRIES 5
/** Milliseconds before the first of these, doubled each time, plus as much again by chance. */
#define LUO_TUNING_BUSY_WAIT_MS 250
/** The longest Retry-After in seconds that a job waits for; a longer one is left to the replicator's schedule. */
#define LUO_TUNING_RETRY_AFTER_MAX 30
/** Seconds a session lasts where the server does not say (CouchDB's default). */
#define LUO_TUNING_SESSION_SECONDS 600
/** A session is renewed when this share of its time, in per cent, is over: a request that starts then still ends within it. */
#define LUO_TUNING_SESSION_RENEW_PERCENT 80

/* Pull */

/** Rows of one page of changes, which is also seq_interval: CouchDB makes a sequence for one row in so many only. */
#ifndef LUO_TUNING_CHANGES_BATCH
#define LUO_TUNING_CHANGES_BATCH 1000
#endif
/** Revisions of one _bulk_get: about a megabyte of records; the cost of a request is below 1 % of its documents. */
#ifndef LUO_TUNING_GET_BATCH
#define LUO_TUNING_GET_BATCH 1000
#endif
/** Batches fetched at once: one arrives, one is cut, and where writing is the slowest the others wait to be written in one transaction,
 * which writes each page of an index once for all of them. */
#define LUO_TUNING_PULL_WORKERS 8
/** Batches that wait for a worker: the changes feed is read so far ahead. */
#define LUO_TUNING_PULL_QUEUE 4
/** Bytes of documents after which a worker writes what it has, in the middle of a reply: bounds memory where records are large. */
#ifndef LUO_TUNING_INSERT_BYTES
#define LUO_TUNING_INSERT_BYTES (2 * 1024 * 1024)
#endif
/** The largest element of a _bulk_get reply: a document at its limit, with the history around it. */
#define LUO_TUNING_ELEMENT_MAX (9 * 1024 * 1024)

/* Push */

/** Documents of one _bulk_docs by count and by bytes: many proxies refuse bodies above a few megabytes. */
#ifndef LUO_TUNING_PUSH_BATCH
#define LUO_TUNING_PUSH_BATCH 1000
#endif
#ifndef LUO_TUNING_PUSH_BYTES
#define LUO_TUNING_PUSH_BYTES (2 * 1024 * 1024)
#endif
/** The byte limit is halved on each 413, down to this. */
#define LUO_TUNING_PUSH_BYTES_MIN (64 * 1024)
/** Batches sent at once: one is written by the server while the next is put together. */
#define LUO_TUNING_PUSH_WORKERS 2
#define LUO_TUNING_PUSH_QUEUE 2
/** Up to so many unsent documents are found by the index of what is pending; above, the changes since the checkpoint are gone through. */
#ifndef LUO_TUNING_PENDING_LIST
#define LUO_TUNING_PENDING_LIST 500
#endif
/** Attachments of a document up to this many bytes go inline (base64) with its batch, larger ones as parts of a request of their own. */
#ifndef LUO_TUNING_INLINE_BYTES
#define LUO_TUNING_INLINE_BYTES (192 * 1024)
#endif
/** Attempts at one document that the server fails at with 500 before it is put aside as refused. */
#define LUO_TUNING_FAULT_TRIES 3

/* Attachments */

/** Downloads at once: more starves the records on a slow line (P7558). */
#define LUO_TUNING_ATTACHMENT_WORKERS 3
/** How many of the wanted are looked up at once. */
#ifndef LUO_TUNING_ATTACHMENT_LIST
#define LUO_TUNING_ATTACHMENT_LIST 64
#endif

/* Checkpoints */

/** Seconds between checkpoints of a long job: after a crash so much is compared again, which is cheap; each one costs the server a write. */
#ifndef LUO_TUNING_CHECKPOINT_SECONDS
#define LUO_TUNING_CHECKPOINT_SECONDS 5
#endif
/** Entries of history kept in a checkpoint, as CouchDB does. */
#ifndef LUO_TUNING_CHECKPOINT_HISTORY
#define LUO_TUNING_CHECKPOINT_HISTORY 50
#endif

/* Schedule */

/** Passes (a space in one direction) at work at once. */
#define LUO_TUNING_PASSES 6
/** Milliseconds before a failed live space is tried again; doubled up to the maximum, then between half and all of it by chance. */
#define LUO_TUNING_BACKOFF_MS 1000
#define LUO_TUNING_BACKOFF_MAX_MS (5 * 60 * 1000)
/** Long polls one after another that may end at once before the next waits LUO_TUNING_BACKOFF_MS: the echo of what goes out from
 * here ends some, a server that does not do long polls ends all. */
#define LUO_TUNING_QUICK_POLLS 20
/** Milliseconds before a space that needs a person (password, rights) is tried again by itself. */
#define LUO_TUNING_STUCK_RETRY_MS (5 * 60 * 1000)
/** Milliseconds between two looks at which spaces the server lets this user read; a person who waits for one asks by hand. */
#define LUO_TUNING_DISCOVER_MS (10 * 60 * 1000)
/** Attempts of a single run at a space whose connection breaks once it had been there. */
#define LUO_TUNING_RUN_TRIES 4
/** Milliseconds before the second of these, doubled each time. */
#define LUO_TUNING_RUN_WAIT_MS 200
/** Rounds of a single run before it says that the space does not come to rest: somebody saves all the time. */
#define LUO_TUNING_RUN_ROUNDS 20
/** Milliseconds between two status signals. */
#define LUO_TUNING_STATUS_MS 100
/** Disputed documents looked at after one pull. */
#define LUO_TUNING_CONFLICTS 10000
