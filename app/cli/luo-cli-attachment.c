/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-cli.h"

#include <glib/gi18n.h>
#include <gio/gunixoutputstream.h>
#include <stdio.h>
#include <unistd.h>

#include "luo-attachment.h"
#include "luo-record-edit.h"

/* A file beyond this is refused: it would have to be held in memory, and no hub takes it. */
#define MAX_FILE (G_GINT64_CONSTANT (256) * 1024 * 1024)

static GBytes *
read_file (const char *path, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_commandline_arg (path);
  g_autoptr (GFileInfo) info
      = g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_SIZE, G_FILE_QUERY_INFO_NONE, NULL, error);

  if (info == NULL)
    return NULL;
  if (g_file_info_get_size (info) > MAX_FILE)
    {
      g_autofree char *size = g_format_size ((guint64)MAX_FILE);

      g_set_error (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE, _ ("%s is larger than %s."), path, size);
      return NULL;
    }
  return g_file_load_bytes (file, NULL, NULL, error);
}

static int
run_attach (LuoCli *cli, const LuoCliCommand *command, char **args)
{
  g_autofree char *name = NULL;
  g_autofree char *type = NULL;
  const GOptionEntry entries[] = {
    { "name", 'n', 0, G_OPTION_ARG_FILENAME, &name, N_ ("Keep the file under NAME"), N_ ("NAME") },
    { "type", 't', 0, G_OPTION_ARG_FILENAME, &type, N_ ("Its content is of TYPE, such as image/jpeg"),
      N_ ("TYPE") },
    { NULL },
  };
  g_autoptr (LuoDocument) document = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *user = NULL;
  g_autofree char *rev = NULL;
  LuoStore *store;

  if (!luo_cli_parse (cli, command, entries, args, 2, 2))
    return LUO_CLI_EXIT_USAGE;
  store = luo_cli_open (cli, FALSE);
  if (store == NULL)
    return 1;
  document = luo_store_find (store, args[1], &error);
  bytes = document != NULL ? read_file (args[2], &error) : NULL;
  if (bytes == NULL)
    return luo_cli_fail (error);
  if (name == NULL)
    name = g_path_get_basename (args[2]);
  user = luo_record_get_user (store);
  for (guint tries = 1;; tries++)
    {
      g_clear_error (&error);
      /* On the winner as it is now: a file beside a change of the members is no dispute. */
      if (luo_record_attach (store, luo_document_get_space (document), args[1], NULL, name, type, bytes, user,
                             &rev, &error))
        break;
      if (tries == LUO_CLI_MAX_TRIES || !g_error_matches (error, LUO_STORE_ERROR, LUO_STORE_ERROR_CONFLICT))
        return luo_cli_fail (error);
    }
  if (cli->json)
    luo_cli_print ("{\"ok\":true,\"id\":\"%s\",\"rev\":\"%s\"}\n", args[1], rev);
  else
    luo_cli_print (_ ("%s is kept with %s.\n"), name, args[1]);
  return 0;
}

/* The attachment, or a reason why it can not be had. */
static LuoAttachment *
find_attachment (GPtrArray *attachments, const char *id, const char *name, GError **error)
{
  for (guint i = 0; i < attachments->len; i++)
    {
      LuoAttachment *attachment = g_ptr_array_index (attachments, i);

      if (!g_str_equal (attachment->name, name))
        continue;
      if (attachment->present)
        return attachment;
      g_set_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_NOT_FOUND,
                   _ ("The file “%s” has not been fetched from the server yet; “luoshictl sync” does that."),
                   name);
      return NULL;
    }
  g_set_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_NOT_FOUND, _ ("The record %s has no file “%s”."), id,
               name);
  return NULL;
}

static gboolean
write_stream (GInputStream *in, const char *path, GError **error)
{
  g_autoptr (GOutputStream) out = NULL;
  g_autoptr (GFile) file = NULL;

  if (g_str_equal (path, "-"))
    {
      fflush (stdout);
      out = g_unix_output_stream_new (STDOUT_FILENO, FALSE);
    }
  else
    {
      file = g_file_new_for_commandline_arg (path);
      /* Written beside and renamed, so that a file that was there is never half replaced. */
      out = G_OUTPUT_STREAM (g_file_replace (file, NULL, FALSE, G_FILE_CREATE_NONE, NULL, error));
      if (out == NULL)
        return FALSE;
    }
  return g_output_stream_splice (
             out, in, G_OUTPUT_STREAM_SPLICE_CLOSE_SOURCE | G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, NULL, error)
         >= 0;
}

static int
run_fetch (LuoCli *cli, const LuoCliCommand *command, char **args)
{
  g_autofree char *output = NULL;
  const GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &output, N_ ("Write to FILE, - for standard output"),
      N_ ("FILE") },
    { NULL },
  };
  g_autoptr (LuoDocument) document = NULL;
  g_autoptr (GPtrArray) attachments = NULL;
  g_autoptr (GInputStream) stream = NULL;
  g_autoptr (GError) error = NULL;
  LuoAttachment *attachment;
  LuoStore *store;
  gint64 length;

  if (!luo_cli_parse (cli, command, entries, args, 2, 2))
    return LUO_CLI_EXIT_USAGE;
  if (output == NULL)
    {
      luo_cli_say (_ ("luoshictl fetch: -o FILE is missing.\n"));
      return LUO_CLI_EXIT_USAGE;
    }
  store = luo_cli_open (cli, FALSE);
  if (store == NULL)
    return 1;
  document = luo_store_find (store, args[1], &error);
  attachments = document != NULL ? luo_store_list_attachments (store, document, &error) : NULL;
  attachment = attachments != NULL ? find_attachment (attachments, args[1], args[2], &error) : NULL;
  stream = attachment != NULL ? luo_store_read_attachment (store, attachment->digest, &length, &error) : NULL;
  if (stream == NULL || !write_stream (stream, output, &error))
    return luo_cli_fail (error);
  return 0;
}

const LuoCliCommand luo_cli_attachment_commands[] = {
  { "attach", N_ ("ID FILE"), N_ ("Keeps a file with a record."), TRUE, run_attach },
  { "fetch", N_ ("ID NAME -o FILE"), N_ ("Writes a file that is kept with a record."), FALSE, run_fetch },
  { NULL },
};
