/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "hub-sync-fixture.h"

#include <string.h>

#include "luo-attachment.h"
#include "luo-conflict.h"
#include "luo-json-text.h"
#include "luo-record-edit.h"
#include "luo-record-error.h"
#include "luo-store-sync.h"

#define ID "progress:2020:173:2020-08:city"

#define PROGRESS                                                                                             \
  "{\"type\":\"progress\",\"task\":\"task:2020:173\",\"month\":\"2020-08\",\"office\":\"city\","             \
  "\"state\":\"draft\",\"overall\":\"一期合作项目已有 9 个开工建设。\",\"readings\":{\"started\":9}}"

static void
edit (LuoTestReplica *replica, const char *member, const char *text, const char *user)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *before = luo_test_replica_body (replica, "city", ID);
  g_autofree char *body = luo_record_set_member (before, member, text, &error);

  g_assert_no_error (error);
  luo_record_save (replica->store, "city", ID, NULL, body, user, NULL, &error);
  g_assert_no_error (error);
}

/* Both replicas hold one progress, and each of two people has changed the same members of it otherwise. */
static void
set_up (HubSyncFixture *f, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  hub_sync_set_up (f, NULL);
  luo_record_create (f->a->store, "city", PROGRESS, "li", NULL, NULL, &error);
  g_assert_no_error (error);
  hub_sync_both (f);
}

static void
make_conflict (HubSyncFixture *f)
{
  edit (f->a, "readings.started", "11", "li");
  edit (f->a, "overall", "一期合作项目已有 11 个开工建设，其他点位将于近期进场。", "li");
  edit (f->a, "this_month", "召开了推进会。", "li");
  edit (f->b, "readings.started", "10", "hunnan");
  edit (f->b, "overall", "一期合作项目已有 10 个开工建设。二期已入库。", "hunnan");
  edit (f->b, "remarks.存在问题", "用地手续未办结。", "hunnan");
  hub_sync_both (f);
}

static LuoConflict *
read_conflict (LuoTestReplica *replica)
{
  g_autoptr (GError) error = NULL;
  LuoConflict *conflict = luo_conflict_read (replica->store, "city", ID, &error);

  g_assert_no_error (error);
  return conflict;
}

static LuoConflictMember *
member_of (LuoConflict *conflict, const char *path)
{
  LuoConflictMember *member = luo_conflict_find_member (conflict, path);

  g_assert_nonnull (member);
  return member;
}

/* The option that has @value. */
static void
take (LuoConflict *conflict, const char *path, const char *value)
{
  LuoConflictMember *member = member_of (conflict, path);

  for (guint i = 0; i < member->options->len; i++)
    if (g_strcmp0 (((LuoConflictOption *)member->options->pdata[i])->value, value) == 0)
      {
        luo_conflict_take (member, i);
        return;
      }
  g_assert_not_reached ();
}

static void
save (LuoConflict *conflict, LuoTestReplica *replica, const char *user)
{
  g_autoptr (GError) error = NULL;

  luo_conflict_save (conflict, replica->store, user, &error);
  g_assert_no_error (error);
}

static void
assert_value (LuoTestReplica *replica, const char *pointer, const char *value)
{
  g_autofree char *body = luo_test_replica_body (replica, "city", ID);
  g_autofree char *is = luo_json_at (body, pointer);

  g_assert_cmpstr (is, ==, value);
}

static void
assert_settled (HubSyncFixture *f)
{
  g_autofree char *leaves = luo_test_replica_leaves (f->a, "city", ID);

  luo_test_replicas_assert_equal (f->a, f->b, "city");
  g_assert_null (strchr (leaves, ' '));
  g_assert_cmpuint (hub_sync_count_conflicts (f->a), ==, 0);
  g_assert_cmpuint (hub_sync_count_conflicts (f->b), ==, 0);
}

/* What is in dispute is named with what stood there before, both values and whose they are; the rest needs no decision. */
static void
test_read (HubSyncFixture *f, gconstpointer unused)
{
  g_autoptr (LuoConflict) conflict = NULL;
  g_autoptr (GPtrArray) listed = NULL;
  LuoConflictMember *member;
  g_autofree char *proposal = NULL;
  g_autofree char *author = NULL;

  make_conflict (f);
  conflict = read_conflict (f->b);
  listed = luo_conflict_list (f->b->store, 10, NULL);
  g_assert_cmpuint (listed->len, ==, 1);
  g_assert_cmpuint (conflict->leaves->len, ==, 2);
  g_assert_cmpuint (conflict->members->len, ==, 2);
  g_assert_cmpuint (luo_conflict_count (conflict), ==, 2);
  g_assert_false (luo_conflict_is_decided (conflict));

  member = member_of (conflict, "readings.started");
  g_assert_cmpstr (member->before, ==, "9");
  g_assert_nonnull (member->base);
  g_assert_cmpuint (member->options->len, ==, 2);
  member = member_of (conflict, "overall");
  g_assert_true (luo_conflict_is_narrative (conflict, member));
  proposal = luo_conflict_propose (conflict, member);
  g_assert_nonnull (strstr (proposal, "二期已入库。"));

  g_assert_cmpuint (conflict->merged->len, ==, 2);
  author = luo_conflict_author (conflict, conflict->leaves->pdata[0]);
  g_assert_true (strstr (author, "li") != NULL || strstr (author, "Hunnan") != NULL);
}

/* One decides; both replicas hold the same record with everything that was not in dispute, and no conflict. */
static void
test_decide (HubSyncFixture *f, gconstpointer unused)
{
  g_autoptr (LuoConflict) conflict = NULL;
  g_autoptr (GError) error = NULL;

  make_conflict (f);
  conflict = read_conflict (f->a);
  take (conflict, "readings/started", "11");
  luo_conflict_write (conflict, member_of (conflict, "overall"),
                      "一期合作项目已有 11 个开工建设。二期已入库。", &error);
  g_assert_no_error (error);
  save (conflict, f->a, "li");
  g_assert_null (read_conflict (f->a));
  hub_sync_both (f);
  assert_settled (f);
  assert_value (f->b, "/readings/started", "11");
  assert_value (f->b, "/overall", "\"一期合作项目已有 11 个开工建设。二期已入库。\"");
  assert_value (f->b, "/this_month", "\"召开了推进会。\"");
  assert_value (f->b, "/remarks/存在问题", "\"用地手续未办结。\"");
}

static void
decide_both (HubSyncFixture *f, const char *a_started, const char *b_started)
{
  g_autoptr (LuoConflict) at_a = NULL;
  g_autoptr (LuoConflict) at_b = NULL;
  g_autofree char *rev_a = NULL;

  make_conflict (f);
  at_a = read_conflict (f->a);
  at_b = read_conflict (f->b);
  rev_a = g_strdup (luo_document_get_rev (at_a->winner));
  g_assert_true (luo_conflict_take_leaf (at_a, rev_a, NULL));
  g_assert_true (luo_conflict_take_leaf (at_b, rev_a, NULL));
  take (at_a, "readings.started", a_started);
  take (at_b, "readings.started", b_started);
  save (at_a, f->a, "li");
  save (at_b, f->b, "hunnan");
  hub_sync_both (f);
}

/* Two who decide alike, each without the other: one record, whoever decided when. */
static void
test_decided_equally (HubSyncFixture *f, gconstpointer unused)
{
  decide_both (f, "11", "11");
  assert_settled (f);
  assert_value (f->a, "/readings/started", "11");
}

/* Two who decide otherwise: one conflict more, with both decisions in it, and nothing else in dispute. */
static void
test_decided_differently (HubSyncFixture *f, gconstpointer unused)
{
  g_autoptr (LuoConflict) again = NULL;
  LuoConflictMember *member;

  decide_both (f, "11", "10");
  luo_test_replicas_assert_equal (f->a, f->b, "city");
  again = read_conflict (f->a);
  g_assert_nonnull (again);
  g_assert_cmpuint (again->members->len, ==, 1);
  member = member_of (again, "readings.started");
  g_assert_cmpuint (member->options->len, ==, 2);
  take (again, "readings.started", "10");
  save (again, f->a, "li");
  hub_sync_both (f);
  assert_settled (f);
  assert_value (f->b, "/readings/started", "10");
  assert_value (f->b, "/this_month", "\"召开了推进会。\"");
}

/* What is decided while the record changes is not saved over the change; what was decided is taken over to what is there now. */
static void
test_changed_meanwhile (HubSyncFixture *f, gconstpointer unused)
{
  g_autoptr (LuoConflict) conflict = NULL;
  g_autoptr (LuoConflict) now = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  make_conflict (f);
  conflict = read_conflict (f->a);
  take (conflict, "readings.started", "10");
  luo_conflict_write (conflict, member_of (conflict, "overall"), "两处都写。", &error);
  g_assert_no_error (error);
  edit (f->a, "state", "submitted", "wang");
  before = luo_test_replica_leaves (f->a, "city", ID);
  g_assert_false (luo_conflict_save (conflict, f->a->store, "li", &error));
  g_assert_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_CONFLICT);
  after = luo_test_replica_leaves (f->a, "city", ID);
  g_assert_cmpstr (before, ==, after);

  now = read_conflict (f->a);
  g_assert_false (luo_conflict_is_same (now, conflict));
  luo_conflict_adopt (now, conflict);
  g_assert_true (luo_conflict_is_decided (now));
  save (now, f->a, "li");
  hub_sync_both (f);
  assert_settled (f);
  assert_value (f->b, "/readings/started", "10");
  assert_value (f->b, "/overall", "\"两处都写。\"");
  assert_value (f->b, "/state", "\"submitted\"");
}

/* What can not be read, or is not decided, is refused and leaves everything as it was. */
static void
test_refused (HubSyncFixture *f, gconstpointer unused)
{
  g_autoptr (LuoConflict) conflict = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  make_conflict (f);
  before = luo_test_replica_leaves (f->a, "city", ID);
  conflict = read_conflict (f->a);
  g_assert_false (luo_conflict_write (conflict, member_of (conflict, "readings.started"), "十来个", &error));
  g_assert_error (error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_VALUE);
  g_clear_error (&error);
  g_assert_false (luo_conflict_take_leaf (conflict, "9-unheard", &error));
  g_assert_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (luo_conflict_save (conflict, f->a->store, "li", &error));
  g_assert_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_INVALID);
  after = luo_test_replica_leaves (f->a, "city", ID);
  g_assert_cmpstr (before, ==, after);
}

/* Three edits of one member: three values to choose from, each with whose it is; one decision ends it. */
static void
test_three (HubSyncFixture *f, gconstpointer unused)
{
  LuoTestReplica *c = luo_test_replica_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (LuoConflict) conflict = NULL;

  luo_test_replica_connect (c, f->hub->url, LUO_TEST_USER, LUO_TEST_PASSWORD, &error);
  g_assert_no_error (error);
  luo_test_replica_sync (c);
  edit (c, "readings.started", "12", "heping");
  edit (c, "this_month", "丙写的。", "heping");
  make_conflict (f);
  luo_test_replica_sync (c);
  hub_sync_both (f);
  conflict = read_conflict (f->a);
  g_assert_cmpuint (conflict->leaves->len, ==, 3);
  g_assert_cmpuint (member_of (conflict, "readings.started")->options->len, ==, 3);
  /* One of the three left it alone: two values. */
  g_assert_cmpuint (member_of (conflict, "overall")->options->len, ==, 2);
  take (conflict, "readings.started", "12");
  take (conflict, "overall", "\"一期合作项目已有 10 个开工建设。二期已入库。\"");
  /* Two wrote a text where there was none: it is one text in two versions. */
  g_assert_cmpuint (member_of (conflict, "this_month")->options->len, ==, 2);
  take (conflict, "this_month", "\"丙写的。\"");
  save (conflict, f->a, "li");
  hub_sync_both (f);
  luo_test_replica_sync (c);
  assert_settled (f);
  luo_test_replicas_assert_equal (f->a, c, "city");
  assert_value (c, "/readings/started", "12");
  assert_value (c, "/remarks/存在问题", "\"用地手续未办结。\"");
  assert_value (c, "/this_month", "\"丙写的。\"");
  luo_test_replica_free (c);
}

/* One deletes, the other edits: the edit is there until somebody decides, on both sides; either decision ends it on both. */
static void
test_deletion (HubSyncFixture *f, gconstpointer data)
{
  gboolean deletes = GPOINTER_TO_INT (data);
  g_autoptr (LuoConflict) conflict = NULL;
  g_autoptr (GPtrArray) listed = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *body = NULL;

  luo_record_delete (f->a->store, "city", ID, NULL, "li", NULL, &error);
  g_assert_no_error (error);
  edit (f->b, "readings.started", "10", "hunnan");
  hub_sync_both (f);
  assert_value (f->a, "/readings/started", "10");
  listed = luo_conflict_list (f->b->store, 10, NULL);
  g_assert_cmpuint (listed->len, ==, 1);

  conflict = read_conflict (f->a);
  g_assert_cmpuint (conflict->deletions->len, ==, 1);
  g_assert_cmpuint (conflict->members->len, ==, 0);
  g_assert_false (luo_conflict_is_decided (conflict));
  conflict->fate = deletes ? LUO_CONFLICT_FATE_DELETE : LUO_CONFLICT_FATE_KEEP;
  save (conflict, f->a, "li");
  hub_sync_both (f);
  luo_test_replicas_assert_equal (f->a, f->b, "city");
  g_ptr_array_unref (listed);
  listed = luo_conflict_list (f->b->store, 10, NULL);
  g_assert_cmpuint (listed->len, ==, 0);
  g_assert_null (read_conflict (f->b));
  body = luo_test_replica_body (f->b, "city", ID);
  g_assert_cmpint (body != NULL, ==, !deletes);
}

static void
attach (LuoTestReplica *replica, const char *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  luo_test_replica_attach (replica, "city", ID, "通知.txt", "text/plain", bytes);
}

static guint
count_files (LuoTestReplica *replica)
{
  g_autoptr (LuoDocument) document = luo_store_get (replica->store, "city", ID, NULL, NULL);
  g_autoptr (GPtrArray) files = luo_store_list_attachments (replica->store, document, NULL);

  return files->len;
}

/* Two files of one name beside a member in dispute: both stay, unless one is taken; the one is the same everywhere. */
static void
test_files (HubSyncFixture *f, gconstpointer data)
{
  gboolean both = GPOINTER_TO_INT (data);
  g_autoptr (LuoConflict) conflict = NULL;
  LuoConflictMember *file;
  g_autofree char *rev = NULL;

  attach (f->a, "甲");
  attach (f->b, "乙乙");
  make_conflict (f);
  conflict = read_conflict (f->a);
  file = member_of (conflict, "_attachments/通知.txt");
  g_assert_true (file->is_file);
  g_assert_true (file->decided && file->both);
  g_assert_cmpuint (file->options->len, ==, 2);
  for (guint i = 0; i < 2; i++)
    if (strcmp (luo_document_get_text (conflict->leaves->pdata[i], "updated_by"), "li") == 0)
      rev = g_strdup (luo_document_get_rev (conflict->leaves->pdata[i]));
  luo_conflict_take_leaf (conflict, rev, NULL);
  if (both)
    luo_conflict_keep_both (file);
  save (conflict, f->a, "li");
  hub_sync_both (f);
  assert_settled (f);
  g_assert_cmpuint (count_files (f->b), ==, both ? 2 : 1);
  if (!both)
    {
      g_autoptr (GBytes) bytes = luo_test_replica_read (f->b, "city", ID, "通知.txt");

      g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "甲", strlen ("甲"));
    }
}

int
main (int argc, char *argv[])
{
  g_setenv ("LC_ALL", "C.UTF-8", TRUE);
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func, data) g_test_add (path, HubSyncFixture, data, set_up, func, hub_sync_tear_down)
  ADD ("/desk/conflict/read", test_read, NULL);
  ADD ("/desk/conflict/decide", test_decide, NULL);
  ADD ("/desk/conflict/decided-equally", test_decided_equally, NULL);
  ADD ("/desk/conflict/decided-differently", test_decided_differently, NULL);
  ADD ("/desk/conflict/changed-meanwhile", test_changed_meanwhile, NULL);
  ADD ("/desk/conflict/refused", test_refused, NULL);
  ADD ("/desk/conflict/three", test_three, NULL);
  ADD ("/desk/conflict/deletion-kept", test_deletion, GINT_TO_POINTER (FALSE));
  ADD ("/desk/conflict/deletion-made", test_deletion, GINT_TO_POINTER (TRUE));
  ADD ("/desk/conflict/files-both", test_files, GINT_TO_POINTER (TRUE));
  ADD ("/desk/conflict/files-one", test_files, GINT_TO_POINTER (FALSE));

  return g_test_run ();
}
