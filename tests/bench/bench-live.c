/* SPDX-License-Identifier: GPL-3.0-or-later */

/* How long an edit takes from one desk to another while both are live: from the call that saves it here to the moment at which the
 * window there is told, over real sockets and with everything written to the disk on the way (here, on the hub, there). Prints the
 * median and the worst of the edits in milliseconds, as JSON.
 *
 *   bench-live EDITS
 */

#include "config.h"

#include <string.h>

#include "luo-test-hub.h"
#include "luo-test-replica.h"

#define ID "progress:2020:195:2020-08:city"
/** Between two edits, in milliseconds: a person's, not a load. */
#define PAUSE_MS 400
/** Who waits for so long waits for ever, in milliseconds. */
#define LOST_MS 20000

typedef struct
{
  LuoTestReplica *there;
  const char *expected; /* (nullable): what stands in the body that is waited for */
  gint64 seen;          /* monotonic time; 0: not yet */
} Desk;

static void
changed_cb (LuoStore *store, char **spaces, GArray *keys, Desk *desk)
{
  g_autofree char *body = NULL;

  if (desk->expected == NULL || desk->seen != 0)
    return;
  body = luo_test_replica_body (desk->there, "city", ID);
  if (body != NULL && strstr (body, desk->expected) != NULL)
    desk->seen = g_get_monotonic_time ();
}

static gboolean
woke_cb (gpointer data)
{
  *(gboolean *)data = TRUE;
  return G_SOURCE_REMOVE;
}

/* Iterates until the desk has seen what it waits for (@desk), or for so long. */
static void
iterate (Desk *desk, guint milliseconds)
{
  gboolean over = FALSE;
  guint source = g_timeout_add (milliseconds, woke_cb, &over);

  while (!over && (desk == NULL || desk->seen == 0))
    g_main_context_iteration (NULL, TRUE);
  if (!over)
    g_source_remove (source);
}

static int
compare_double (gconstpointer a, gconstpointer b)
{
  double x = *(const double *)a, y = *(const double *)b;

  return x < y ? -1 : x > y;
}

/* Saves an edit here and waits for it there. Returns the milliseconds. */
static double
edit (LuoTestReplica *here, Desk *desk, guint n)
{
  g_autofree char *text = g_strdup_printf ("edit %u", n);
  g_autofree char *body = g_strdup_printf (
      "{\"type\":\"progress\",\"month\":\"2020-08\",\"office\":\"city\",\"overall\":\"%s\"}", text);
  gint64 start;

  desk->expected = text;
  desk->seen = 0;
  start = g_get_monotonic_time ();
  g_free (luo_test_replica_put (here, "city", ID, body));
  iterate (desk, LOST_MS);
  desk->expected = NULL;
  if (desk->seen == 0)
    g_error ("edit %u did not arrive", n);
  return (double)(desk->seen - start) / 1000;
}

int
main (int argc, char **argv)
{
  guint edits = argc > 1 ? (guint)g_ascii_strtoull (argv[1], NULL, 10) : 40;
  LuoTestHub *hub = luo_test_hub_new ("city");
  LuoTestReplica *desks[2];
  g_autoptr (GArray) figures = g_array_new (FALSE, FALSE, sizeof (double));
  Desk desk = { NULL };

  if (edits == 0)
    g_error ("usage: bench-live EDITS");
  for (guint i = 0; i < G_N_ELEMENTS (desks); i++)
    {
      g_autoptr (GError) error = NULL;

      desks[i] = luo_test_replica_new ();
      luo_test_replica_connect (desks[i], hub->url, LUO_TEST_USER, LUO_TEST_PASSWORD, &error);
      if (error != NULL)
        g_error ("%s", error->message);
      luo_replicator_start (desks[i]->replicator);
    }
  desk.there = desks[1];
  g_signal_connect (desks[1]->store, "changed", G_CALLBACK (changed_cb), &desk);

  /* The first one comes when both have signed in. */
  edit (desks[0], &desk, 0);
  for (guint i = 1; i <= edits; i++)
    {
      double taken;

      iterate (NULL, PAUSE_MS);
      taken = edit (desks[0], &desk, i);
      g_array_append_val (figures, taken);
    }
  g_array_sort (figures, compare_double);
  g_print ("{\"median\":%.2f,\"worst\":%.2f}\n", g_array_index (figures, double, edits / 2),
           g_array_index (figures, double, edits - 1));

  for (guint i = 0; i < G_N_ELEMENTS (desks); i++)
    luo_test_replica_free (desks[i]);
  luo_test_hub_free (hub);
  return 0;
}
