/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Passwords of servers, kept by the keyring (libsecret) where there is one. The window and luoshictl find each other's: schema
 * org.luoshi.Server with the attributes server and user. Every call waits for at most LUO_PASSWORD_WAIT_SECONDS: a keyring that does not
 * answer (no session bus, no HOME) is as good as none. */

#define LUO_PASSWORD_WAIT_SECONDS 5

/**
 * luo_password_keep:
 *
 * Blocks. Returns: whether it is kept; else @error (G_IO_ERROR_NOT_SUPPORTED, G_IO_ERROR_TIMED_OUT or of libsecret) says why
 */
gboolean luo_password_keep (const char *server, const char *user, const char *password, GError **error);

/** Blocks. Returns: (transfer full) (nullable): NULL where it is not kept or there is no keyring; free with luo_password_free() */
char *luo_password_find (const char *server, const char *user);

/** Blocks. Forgets what is kept; no error where nothing is. */
void luo_password_forget (const char *server, const char *user);

/**
 * luo_password_ask:
 * @prompt: shown on the terminal
 * @error: G_IO_ERROR_NOT_SUPPORTED where standard input is no terminal
 *
 * Returns: (transfer full): what was typed, without echo
 */
char *luo_password_ask (const char *prompt, GError **error);

/** Overwrites and frees. */
void luo_password_free (char *password);

G_END_DECLS
