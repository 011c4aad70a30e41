/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-cli.h"

#include <gio/gunixinputstream.h>
#include <glib/gi18n.h>
#include <string.h>
#include <unistd.h>

#include "luo-cli-json.h"
#include "luo-ledger.h"
#include "luo-monthly-report.h"
#include "luo-record-edit.h"
#include "luo-sample.h"

/* import */

static GBytes *
read_input (const char *path, GError **error)
{
  g_autofree char *data = NULL;
  gsize length;

  if (g_str_equal (path, "-"))
    {
      g_autoptr (GInputStream) in = g_unix_input_stream_new (STDIN_FILENO, FALSE);
      g_autoptr (GOutputStream) out = g_memory_output_stream_new_resizable ();

      if (g_output_stream_splice (out, in, G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, NULL, error) < 0)
        return NULL;
      return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (out));
    }
  if (!g_file_get_contents (path, &data, &length, error))
    return NULL;
  return g_bytes_new_take (g_steal_pointer (&data), length);
}

static void
print_import (LuoCli *cli, const LuoLedgerImport *result)
{
  if (cli->json)
    {
      luo_cli_print ("{\"ok\":true,\"tasks\":{\"new\":%u,\"changed\":%u,\"same\":%u},"
                     "\"progress\":{\"new\":%u,\"changed\":%u,\"same\":%u}}\n",
                     result->tasks_new, result->tasks_changed, result->tasks_same, result->progress_new,
                     result->progress_changed, result->progress_same);
      return;
    }
  luo_cli_print (_ ("Target tasks: %u new, %u changed, %u the same\n"), result->tasks_new,
                 result->tasks_changed, result->tasks_same);
  luo_cli_print (_ ("Progress: %u new, %u changed, %u the same\n"), result->progress_new,
                 result->progress_changed, result->progress_same);
}

static int
run_import (LuoCli *cli, const LuoCliCommand *command, char **args)
{
  g_autofree char *space = NULL;
  g_autofree char *given = NULL;
  const GOptionEntry entries[] = {
    { "space", 's', 0, G_OPTION_ARG_FILENAME, &space,
      N_ ("The progress is of the office S (city where it is not said)"), N_ ("S") },
    { "month", 'm', 0, G_OPTION_ARG_FILENAME, &given,
      N_ ("The month of the table, where neither it nor the file's name says it"), N_ ("YYYY-MM") },
    { NULL },
  };
  g_autoptr (LuoLedger) ledger = NULL;
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *month = NULL;
  g_autofree char *user = NULL;
  LuoLedgerImport result = { 0 };
  LuoStore *store;

  if (!luo_cli_parse (cli, command, entries, args, 1, 1))
    return LUO_CLI_EXIT_USAGE;
  store = luo_cli_open (cli, FALSE);
  if (store == NULL)
    return 1;
  bytes = read_input (args[1], &error);
  if (bytes == NULL)
    return luo_cli_fail (error);
  ledger = luo_ledger_read (bytes, &problems, &error);
  if (ledger == NULL)
    {
      if (problems->len == 0)
        return luo_cli_fail (error);
      for (guint i = 0; i < problems->len; i++)
        {
          const LuoLedgerProblem *problem = g_ptr_array_index (problems, i);

          luo_cli_say (_ ("%s, line %u: %s\n"), args[1], problem->line, problem->message);
        }
      luo_cli_say (_ ("Nothing was imported.\n"));
      return 1;
    }
  month = luo_ledger_resolve_month (ledger, given, g_str_equal (args[1], "-") ? NULL : args[1], &error);
  if (month == NULL)
    {
      luo_cli_fail (error);
      if (given == NULL)
        luo_cli_say (_ ("“--month YYYY-MM” says it. Nothing was imported.\n"));
      return 1;
    }
  user = luo_record_get_user (store);
  if (!luo_ledger_import (ledger, store, space != NULL ? space : "city", month, user, &result, &error))
    {
      luo_cli_fail (error);
      luo_cli_say (_ ("Nothing was imported.\n"));
      return 1;
    }
  print_import (cli, &result);
  return 0;
}

/* report */

static char *
report_to_json (LuoMonthlyReport *report)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  luo_cli_json_add_text (builder, "title", report->title);
  luo_cli_json_add_text (builder, "column", report->column);
  json_builder_set_member_name (builder, "rows");
  json_builder_begin_array (builder);
  for (guint i = 0; i < report->rows->len; i++)
    {
      const LuoReportRow *row = g_ptr_array_index (report->rows, i);

      json_builder_begin_object (builder);
      luo_cli_json_add_int (builder, "section", row->section);
      luo_cli_json_add_int (builder, "order", row->order);
      luo_cli_json_add_int (builder, "number", row->number);
      luo_cli_json_add_text (builder, "task", row->task_id);
      luo_cli_json_add_text (builder, "title", row->title);
      luo_cli_json_add_text (builder, "overall", row->overall);
      luo_cli_json_add_text (builder, "this_month", row->this_month);
      luo_cli_json_add_text (builder, "state", row->state);
      luo_cli_json_add_flag (builder, "missing", row->missing);
      luo_cli_json_add_flag (builder, "changed", row->changed);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "missing_offices");
  json_builder_begin_array (builder);
  for (guint i = 0; i < report->missing_offices->len; i++)
    json_builder_add_string_value (builder, g_ptr_array_index (report->missing_offices, i));
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  return luo_cli_json_to_line (builder);
}

static int
run_report (LuoCli *cli, const LuoCliCommand *command, char **args)
{
  g_autofree char *month = NULL;
  g_autofree char *office = NULL;
  g_autofree char *format = NULL;
  g_autofree char *output = NULL;
  const GOptionEntry entries[] = {
    { "month", 'm', 0, G_OPTION_ARG_FILENAME, &month, N_ ("The month of the table"), N_ ("YYYY-MM") },
    { "format", 'f', 0, G_OPTION_ARG_FILENAME, &format, N_ ("text (where it is not said) or csv"),
      N_ ("FORMAT") },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &output, N_ ("Write to FILE, - for standard output"),
      N_ ("FILE") },
    { "office", 0, 0, G_OPTION_ARG_FILENAME, &office,
      N_ ("The progress of OFFICE (city where it is not said)"), N_ ("OFFICE") },
    { NULL },
  };
  g_autoptr (LuoMonthlyReport) report = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  LuoStore *store;

  if (!luo_cli_parse (cli, command, entries, args, 0, 0))
    return LUO_CLI_EXIT_USAGE;
  if (month == NULL)
    {
      luo_cli_say (_ ("luoshictl report: --month YYYY-MM is missing.\n"));
      return LUO_CLI_EXIT_USAGE;
    }
  if (format != NULL && !g_str_equal (format, "text") && !g_str_equal (format, "csv"))
    {
      luo_cli_say (_ ("luoshictl report: --format: “%s” was found where text or csv was expected.\n"),
                   format);
      return LUO_CLI_EXIT_USAGE;
    }
  store = luo_cli_open (cli, FALSE);
  if (store == NULL)
    return 1;
  report = luo_monthly_report_read (store, month, office != NULL ? office : "city", &error);
  if (report == NULL)
    return luo_cli_fail (error);
  if (cli->json)
    text = report_to_json (report);
  else if (g_strcmp0 (format, "csv") == 0)
    text = luo_monthly_report_to_csv (report);
  else
    text = luo_monthly_report_to_text (report);
  if (output == NULL || g_str_equal (output, "-"))
    luo_cli_print ("%s", text);
  else if (!g_file_set_contents (output, text, -1, &error))
    return luo_cli_fail (error);
  return 0;
}

/* sample */

static int
run_sample (LuoCli *cli, const LuoCliCommand *command, char **args)
{
  g_autofree char *folder = NULL;
  const GOptionEntry entries[] = {
    { "from", 0, 0, G_OPTION_ARG_FILENAME, &folder, N_ ("Read records.jsonl and its files from FOLDER"),
      N_ ("FOLDER") },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  LuoStore *store;
  guint loaded = 0;

  if (!luo_cli_parse (cli, command, entries, args, 0, 0))
    return LUO_CLI_EXIT_USAGE;
  store = luo_cli_open (cli, FALSE);
  if (store == NULL)
    return 1;
  if (!luo_sample_load (store, folder, &loaded, &error))
    return luo_cli_fail (error);
  luo_cli_print (ngettext ("%u sample record was loaded.\n", "%u sample records were loaded.\n", loaded),
                 loaded);
  return 0;
}

const LuoCliCommand luo_cli_table_commands[] = {
  { "import", N_ ("FILE"),
    N_ ("Reads a table of tasks and progress (pipe-separated text or CSV): all of it or nothing."), TRUE,
    run_import },
  { "report", N_ ("--month YYYY-MM"), N_ ("Prints the monthly table."), TRUE, run_report },
  { "sample", "", N_ ("Loads the sample data."), FALSE, run_sample },
  { NULL },
};
