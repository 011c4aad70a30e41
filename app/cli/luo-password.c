/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-password.h"

#include <glib/gi18n-lib.h>
#include <libsecret/secret.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static const SecretSchema schema = {
  .name = "org.luoshi.Server",
  .flags = SECRET_SCHEMA_NONE,
  .attributes = {
    { "server", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { "user", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { NULL, 0 },
  },
};

/* One call to the keyring. It outlives the wait where the keyring answers too late, hence the count. */
typedef struct
{
  grefcount references;
  GMainContext *context;     /* (owned): of this call alone, so that nothing else runs while it waits */
  GCancellable *cancellable; /* (owned) */
  GAsyncResult *result;      /* (owned) (nullable) */
  gboolean given_up;
} KeyringCall;

static KeyringCall *
call_new (void)
{
  KeyringCall *self = g_new0 (KeyringCall, 1);

  g_ref_count_init (&self->references);
  self->context = g_main_context_new ();
  self->cancellable = g_cancellable_new ();
  g_main_context_push_thread_default (self->context);
  return self;
}

static void
call_unref (KeyringCall *self)
{
  if (!g_ref_count_dec (&self->references))
    return;
  g_clear_object (&self->result);
  g_clear_object (&self->cancellable);
  g_main_context_unref (self->context);
  g_free (self);
}

static void
call_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  KeyringCall *self = user_data;

  if (!self->given_up)
    g_set_object (&self->result, result);
  call_unref (self);
}

static gboolean
timeout_cb (gpointer user_data)
{
  KeyringCall *self = user_data;

  self->given_up = TRUE;
  g_cancellable_cancel (self->cancellable);
  return G_SOURCE_REMOVE;
}

/* Returns: (transfer none) (nullable): NULL where the keyring did not answer in time */
static GAsyncResult *
call_wait (KeyringCall *self)
{
  g_autoptr (GSource) timeout = g_timeout_source_new_seconds (LUO_PASSWORD_WAIT_SECONDS);

  g_source_set_callback (timeout, timeout_cb, self, NULL);
  g_source_attach (timeout, self->context);
  while (self->result == NULL && !self->given_up)
    g_main_context_iteration (self->context, TRUE);
  g_source_destroy (timeout);
  return self->result;
}

static void
call_end (KeyringCall *self)
{
  g_main_context_pop_thread_default (self->context);
  call_unref (self);
}

/* Without a session bus libsecret would try to start one and wait for it; without a home its file has no place. */
static gboolean
has_keyring (void)
{
  const char *backend = g_getenv ("SECRET_BACKEND");
  const char *runtime = g_getenv ("XDG_RUNTIME_DIR");
  g_autofree char *bus = NULL;

  if (backend != NULL && g_str_equal (backend, "file"))
    return g_getenv ("SECRET_FILE_TEST_PATH") != NULL || g_getenv ("HOME") != NULL;
  if (g_getenv ("DBUS_SESSION_BUS_ADDRESS") != NULL)
    return g_getenv ("HOME") != NULL;
  if (runtime == NULL)
    return FALSE;
  bus = g_build_filename (runtime, "bus", NULL);
  return g_getenv ("HOME") != NULL && g_file_test (bus, G_FILE_TEST_EXISTS);
}

static void
set_no_keyring (GError **error)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, _ ("There is no keyring here."));
}

gboolean
luo_password_keep (const char *server, const char *user, const char *password, GError **error)
{
  g_autofree char *label = NULL;
  KeyringCall *call;
  GAsyncResult *result;
  gboolean kept = FALSE;

  g_return_val_if_fail (server != NULL && user != NULL && password != NULL, FALSE);

  if (!has_keyring ())
    {
      set_no_keyring (error);
      return FALSE;
    }
  /* Translators: how the password is named in the keyring: the user, the server's address. */
  label = g_strdup_printf (_ ("Luoshi: %s at %s"), user, server);
  call = call_new ();
  g_ref_count_inc (&call->references);
  secret_password_store (&schema, SECRET_COLLECTION_DEFAULT, label, password, call->cancellable, call_cb,
                         call, "server", server, "user", user, NULL);
  result = call_wait (call);
  if (result != NULL)
    kept = secret_password_store_finish (result, error);
  else
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, _ ("The keyring did not answer."));
  call_end (call);
  return kept;
}

char *
luo_password_find (const char *server, const char *user)
{
  KeyringCall *call;
  GAsyncResult *result;
  char *found = NULL;

  g_return_val_if_fail (server != NULL && user != NULL, NULL);

  if (!has_keyring ())
    return NULL;
  call = call_new ();
  g_ref_count_inc (&call->references);
  secret_password_lookup (&schema, call->cancellable, call_cb, call, "server", server, "user", user, NULL);
  result = call_wait (call);
  if (result != NULL)
    {
      g_autoptr (GError) error = NULL;
      char *secret = secret_password_lookup_finish (result, &error);

      found = g_strdup (secret);
      secret_password_free (secret);
      if (error != NULL)
        g_debug ("keyring: %s", error->message);
    }
  call_end (call);
  return found;
}

void
luo_password_forget (const char *server, const char *user)
{
  KeyringCall *call;
  GAsyncResult *result;

  g_return_if_fail (server != NULL && user != NULL);

  if (!has_keyring ())
    return;
  call = call_new ();
  g_ref_count_inc (&call->references);
  secret_password_clear (&schema, call->cancellable, call_cb, call, "server", server, "user", user, NULL);
  result = call_wait (call);
  if (result != NULL)
    {
      g_autoptr (GError) error = NULL;

      secret_password_clear_finish (result, &error);
      if (error != NULL)
        g_debug ("keyring: %s", error->message);
    }
  call_end (call);
}

char *
luo_password_ask (const char *prompt, GError **error)
{
  struct termios before, quiet;
  char *line = NULL;
  size_t size = 0;
  ssize_t length;

  if (!isatty (STDIN_FILENO) || tcgetattr (STDIN_FILENO, &before) != 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                   _ ("The password can not be asked for here; put it into LUOSHI_PASSWORD."));
      return NULL;
    }
  quiet = before;
  quiet.c_lflag &= ~(tcflag_t)ECHO;
  fputs (prompt, stderr);
  fflush (stderr);
  tcsetattr (STDIN_FILENO, TCSAFLUSH, &quiet);
  length = getline (&line, &size, stdin);
  tcsetattr (STDIN_FILENO, TCSAFLUSH, &before);
  fputc ('\n', stderr);
  if (length < 0)
    {
      free (line);
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("No password was typed."));
      return NULL;
    }
  if (length > 0 && line[length - 1] == '\n')
    line[length - 1] = '\0';
  return line;
}

void
luo_password_free (char *password)
{
  if (password == NULL)
    return;
  explicit_bzero (password, strlen (password));
  g_free (password);
}
