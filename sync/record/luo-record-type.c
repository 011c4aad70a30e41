/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-record-type.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "luo-record-choices-private.h"

#define REQUIRED LUO_MEMBER_REQUIRED
#define KEY LUO_MEMBER_KEY
#define COLUMN LUO_MEMBER_COLUMN
#define SEARCH LUO_MEMBER_SEARCH
#define TABLE LUO_MEMBER_TABLE
#define FIXED LUO_MEMBER_FIXED

/* The sum of one amount over the fund lines; nothing where no line states it. Every part is guarded by its JSON type, because
 * a record that came from a server and is not valid here is projected as well. */
#define SUM_OF_FUNDS(amount)                                                                                 \
  "(SELECT CASE WHEN count(fen) > 0 THEN CAST(total(fen) AS INTEGER) END FROM"                               \
  " (SELECT CASE WHEN f.type = 'object' AND json_type(f.value, '$." amount "') = 'integer'"                  \
  " THEN json_extract(f.value, '$." amount "') END AS fen FROM json_each(body, '$.funds') AS f))"

/* One member of the last stage that has been reached: by its day, and of one day the one that comes later in the order of
 * luo_stage_choices. */
#define LAST_STAGE(member)                                                                                   \
  "(SELECT json_extract(item, '$." member "') FROM"                                                          \
  " (SELECT CASE WHEN s.type = 'object' THEN s.value ELSE '{}' END AS item, s.key AS place"                  \
  " FROM json_each(body, '$.stages') AS s)"                                                                  \
  " WHERE json_type(item, '$.on') = 'text'"                                                                  \
  " ORDER BY json_extract(item, '$.on') DESC,"                                                               \
  " instr('confirmed requested funded tendered design construction built operating',"                        \
  " json_extract(item, '$.stage')) DESC, place DESC LIMIT 1)"

/* The earliest day that a stage not yet reached is planned for. */
#define NEXT_PLANNED                                                                                         \
  "(SELECT min(json_extract(item, '$.planned')) FROM"                                                        \
  " (SELECT CASE WHEN s.type = 'object' THEN s.value ELSE '{}' END AS item FROM json_each(body, "            \
  "'$.stages') AS s)"                                                                                        \
  " WHERE json_type(item, '$.on') IS NULL AND json_type(item, '$.planned') = 'text')"

#define OPEN_FINDINGS(what)                                                                                  \
  "(SELECT " what " FROM"                                                                                    \
  " (SELECT CASE WHEN f.type = 'object' THEN f.value END AS item FROM json_each(body, '$.findings') AS f)"   \
  " WHERE item IS NOT NULL AND json_type(item, '$.solved_on') IS NULL)"

const LuoMember luo_common_members[] = {
  { "type", N_ ("Kind"), LUO_KIND_TEXT, REQUIRED | FIXED },
  { "created_at", N_ ("Created"), LUO_KIND_INSTANT, FIXED },
  { "created_by", N_ ("Created by"), LUO_KIND_TEXT, FIXED },
  { "updated_at", N_ ("Last edited"), LUO_KIND_INSTANT, COLUMN },
  { "updated_by", N_ ("Last edited by"), LUO_KIND_TEXT },
  { NULL },
};

/* Task, 目标任务 */

static const LuoMember indicator_members[] = {
  { "key", N_ ("Identifier"), LUO_KIND_TEXT, REQUIRED | KEY | COLUMN | FIXED },
  { "name", N_ ("Indicator"), LUO_KIND_TEXT, REQUIRED | COLUMN | SEARCH },
  { "unit", N_ ("Unit"), LUO_KIND_TEXT, COLUMN },
  { "kind", N_ ("How it is counted"), LUO_KIND_CHOICE, REQUIRED | COLUMN, luo_indicator_kind_choices },
  { "target", N_ ("Target"), LUO_KIND_INTEGER, COLUMN },
  { "plan", N_ ("Plan by month"), LUO_KIND_INTEGER_MAP },
  { NULL },
};

static const LuoMember lamp_members[] = {
  { "colour", N_ ("Lamp"), LUO_KIND_CHOICE, REQUIRED, luo_lamp_choices },
  { "reason", N_ ("Reason"), LUO_KIND_NARRATIVE, REQUIRED },
  { "month", N_ ("Month"), LUO_KIND_MONTH, REQUIRED },
  { NULL },
};

static const LuoMember task_members[] = {
  { "year", N_ ("Year"), LUO_KIND_INTEGER, REQUIRED | COLUMN | FIXED, .min = 1949, .max = 2999 },
  { "number", N_ ("Number"), LUO_KIND_INTEGER, REQUIRED | COLUMN | SEARCH | FIXED, .min = 1, .max = 99999 },
  { "section", N_ ("Section"), LUO_KIND_INTEGER, COLUMN, .min = 1, .max = 999 },
  { "order", N_ ("Place in the section"), LUO_KIND_INTEGER, COLUMN, .min = 1, .max = 9999 },
  { "title", N_ ("Target task"), LUO_KIND_NARRATIVE, REQUIRED | COLUMN | SEARCH },
  { "lead", N_ ("Responsible office"), LUO_KIND_TEXT, COLUMN | SEARCH },
  { "partners", N_ ("Partners"), LUO_KIND_TEXTS, SEARCH },
  { "due", N_ ("Due"), LUO_KIND_DATE, COLUMN },
  { "documents", N_ ("Documents"), LUO_KIND_TEXTS, SEARCH },
  { "state", N_ ("State"), LUO_KIND_CHOICE, COLUMN, luo_task_state_choices },
  { "indicators", N_ ("Indicators"), LUO_KIND_ITEMS, TABLE | SEARCH, .members = indicator_members },
  { "lamp", N_ ("Lamp set by hand"), LUO_KIND_OBJECT, .members = lamp_members },
  { NULL },
};

static const LuoRecordType task_type = {
  "task", N_ ("Target tasks"), N_ ("Target task"), task_members, NULL, .city_only = TRUE,
};

/* Progress, 进展 */

static const LuoMember share_members[] = {
  { "key", N_ ("Indicator"), LUO_KIND_TEXT, REQUIRED | KEY | COLUMN | FIXED },
  { "covered", N_ ("Covered"), LUO_KIND_INTEGER, COLUMN },
  { "eligible", N_ ("Eligible"), LUO_KIND_INTEGER, COLUMN },
  { NULL },
};

static const LuoMember progress_members[] = {
  { "task", N_ ("Target task"), LUO_KIND_RECORD, REQUIRED | COLUMN | FIXED, .ref_type = "task" },
  { "month", N_ ("Month"), LUO_KIND_MONTH, REQUIRED | COLUMN | FIXED },
  { "office", N_ ("Office"), LUO_KIND_OFFICE, REQUIRED | COLUMN | FIXED, luo_office_choices },
  { "overall", N_ ("Overall progress"), LUO_KIND_NARRATIVE, SEARCH },
  { "this_month", N_ ("Progress of the month"), LUO_KIND_NARRATIVE, SEARCH },
  { "readings", N_ ("Readings"), LUO_KIND_INTEGER_MAP, TABLE },
  { "shares", N_ ("Covered and eligible"), LUO_KIND_ITEMS, TABLE, .members = share_members },
  { "remarks", N_ ("Remarks"), LUO_KIND_TEXT_MAP, SEARCH },
  { "state", N_ ("State"), LUO_KIND_CHOICE, REQUIRED | COLUMN, luo_progress_state_choices },
  { NULL },
};

static const LuoRecordType progress_type = {
  "progress", N_ ("Progress"), N_ ("Progress"), progress_members, NULL,
};

/* Project, 试点项目 */

static const LuoMember site_members[] = {
  { "address", N_ ("Address"), LUO_KIND_TEXT, SEARCH },
  { "latitude", N_ ("Latitude"), LUO_KIND_NUMBER, .min = -90, .max = 90, .unit = N_ ("°") },
  { "longitude", N_ ("Longitude"), LUO_KIND_NUMBER, .min = -180, .max = 180, .unit = N_ ("°") },
  { "area_m2", N_ ("Floor area"), LUO_KIND_NUMBER, .min = 0, .max = 100000000, .unit = N_ ("m²") },
  { NULL },
};

static const LuoMember stage_members[] = {
  { "stage", N_ ("Stage"), LUO_KIND_CHOICE, REQUIRED | KEY | COLUMN, luo_stage_choices },
  { "on", N_ ("Reached on"), LUO_KIND_DATE, COLUMN },
  { "planned", N_ ("Planned for"), LUO_KIND_DATE, COLUMN },
  { "by", N_ ("Confirmed by"), LUO_KIND_TEXTS, .choices = luo_authority_choices },
  { "document", N_ ("Document"), LUO_KIND_DOCUMENT, COLUMN | SEARCH },
  { NULL },
};

static const LuoMember fund_members[] = {
  { "key", N_ ("Identifier"), LUO_KIND_TEXT, REQUIRED | KEY | COLUMN | FIXED },
  { "source", N_ ("Source"), LUO_KIND_TEXT, COLUMN | SEARCH, luo_fund_source_choices },
  { "document", N_ ("Document"), LUO_KIND_DOCUMENT, COLUMN | SEARCH },
  { "allocated_fen", N_ ("Allocated"), LUO_KIND_MONEY, COLUMN },
  { "disbursed_fen", N_ ("Disbursed"), LUO_KIND_MONEY, COLUMN },
  { "disbursed_on", N_ ("Disbursed on"), LUO_KIND_DATE, COLUMN },
  { "used_fen", N_ ("Used"), LUO_KIND_MONEY, COLUMN },
  { NULL },
};

static const LuoMember registered_members[] = {
  { "system", N_ ("System"), LUO_KIND_TEXT, REQUIRED | KEY | COLUMN },
  { "on", N_ ("Entered on"), LUO_KIND_DATE, COLUMN },
  { "number", N_ ("Number"), LUO_KIND_TEXT, COLUMN },
  { NULL },
};

static const LuoMember project_members[] = {
  { "programme", N_ ("Programme"), LUO_KIND_TEXT, REQUIRED | COLUMN, luo_programme_choices },
  { "task", N_ ("Target task"), LUO_KIND_RECORD, COLUMN, .ref_type = "task" },
  { "district", N_ ("District"), LUO_KIND_DISTRICT, REQUIRED | COLUMN, luo_district_choices },
  { "subdistrict", N_ ("Subdistrict"), LUO_KIND_TEXT, COLUMN | SEARCH },
  { "community", N_ ("Community"), LUO_KIND_TEXT, COLUMN | SEARCH },
  { "name", N_ ("Name"), LUO_KIND_TEXT, REQUIRED | COLUMN | SEARCH },
  { "site", N_ ("Site"), LUO_KIND_OBJECT, SEARCH, .members = site_members },
  { "operator", N_ ("Operator"), LUO_KIND_TEXT, COLUMN | SEARCH },
  { "stages", N_ ("Stages"), LUO_KIND_ITEMS, TABLE | SEARCH, .members = stage_members },
  { "funds", N_ ("Funds"), LUO_KIND_ITEMS, TABLE | SEARCH, .members = fund_members },
  { "facts", N_ ("Basic facts"), LUO_KIND_INTEGER_MAP, .choices = luo_fact_choices },
  { "registered", N_ ("Entered in"), LUO_KIND_ITEMS, TABLE, .members = registered_members },
  { NULL },
};

static const LuoDerived project_derived[] = {
  { "stage", N_ ("Stage"), LAST_STAGE ("stage"), LUO_KIND_CHOICE, luo_stage_choices },
  { "stage_on", N_ ("Stage reached on"), LAST_STAGE ("on"), LUO_KIND_DATE },
  { "next_planned", N_ ("Next stage planned for"), NEXT_PLANNED, LUO_KIND_DATE },
  { "allocated_fen", N_ ("Allocated"), SUM_OF_FUNDS ("allocated_fen"), LUO_KIND_MONEY },
  { "disbursed_fen", N_ ("Disbursed"), SUM_OF_FUNDS ("disbursed_fen"), LUO_KIND_MONEY },
  { "used_fen", N_ ("Used"), SUM_OF_FUNDS ("used_fen"), LUO_KIND_MONEY },
  { NULL },
};

static const LuoRecordType project_type = {
  "project", N_ ("Pilot projects"), N_ ("Pilot project"), project_members, project_derived,
};

/* Training, 培训记录 */

static const LuoMember training_members[] = {
  { "on", N_ ("Date"), LUO_KIND_DATE, REQUIRED | COLUMN },
  { "topic", N_ ("Topic"), LUO_KIND_TEXT, REQUIRED | COLUMN | SEARCH },
  { "mode", N_ ("Mode"), LUO_KIND_CHOICE, COLUMN, luo_training_mode_choices },
  { "district", N_ ("District"), LUO_KIND_DISTRICT, COLUMN, luo_district_choices },
  { "audience", N_ ("Audience"), LUO_KIND_TEXT, COLUMN | SEARCH },
  { "attendances", N_ ("Attendances"), LUO_KIND_INTEGER, COLUMN },
  { "eligible", N_ ("Eligible"), LUO_KIND_INTEGER, COLUMN },
  { "covered", N_ ("Covered"), LUO_KIND_INTEGER, COLUMN },
  { "task", N_ ("Target task"), LUO_KIND_RECORD, COLUMN, .ref_type = "task" },
  { "materials", N_ ("Materials"), LUO_KIND_TEXTS, SEARCH },
  { NULL },
};

static const LuoDerived training_derived[] = {
  { "coverage", N_ ("Coverage, per mille"),
    "CASE WHEN json_type(body, '$.covered') = 'integer' AND json_type(body, '$.eligible') = 'integer'"
    " AND json_extract(body, '$.eligible') > 0"
    " THEN CAST(json_extract(body, '$.covered') * 1000.0 / json_extract(body, '$.eligible') AS INTEGER) "
    "END",
    LUO_KIND_INTEGER },
  { NULL },
};

static const LuoRecordType training_type = {
  "training", N_ ("Training"), N_ ("Training session"), training_members, training_derived,
};

/* Visit, 走访、督导、督查 */

static const LuoMember finding_members[] = {
  { "key", N_ ("Identifier"), LUO_KIND_TEXT, REQUIRED | KEY | COLUMN | FIXED },
  { "text", N_ ("Finding"), LUO_KIND_NARRATIVE, REQUIRED | COLUMN | SEARCH },
  { "severity", N_ ("Severity"), LUO_KIND_CHOICE, COLUMN, luo_severity_choices },
  { "due", N_ ("Due"), LUO_KIND_DATE, COLUMN },
  { "solved_on", N_ ("Solved on"), LUO_KIND_DATE, COLUMN },
  { "solved_note", N_ ("How it was solved"), LUO_KIND_NARRATIVE, SEARCH },
  { "photos", N_ ("Photos"), LUO_KIND_TEXTS },
  { NULL },
};

static const LuoMember photo_members[] = {
  { "name", N_ ("File name"), LUO_KIND_TEXT, REQUIRED | KEY | FIXED },
  { "taken_at", N_ ("Taken"), LUO_KIND_INSTANT },
  { "latitude", N_ ("Latitude"), LUO_KIND_NUMBER, .min = -90, .max = 90, .unit = N_ ("°") },
  { "longitude", N_ ("Longitude"), LUO_KIND_NUMBER, .min = -180, .max = 180, .unit = N_ ("°") },
  { "sha256", N_ ("Checksum"), LUO_KIND_TEXT, FIXED },
  { NULL },
};

static const LuoMember visit_members[] = {
  { "kind", N_ ("Kind of visit"), LUO_KIND_CHOICE, REQUIRED | COLUMN, luo_visit_kind_choices },
  { "on", N_ ("Date"), LUO_KIND_DATE, REQUIRED | COLUMN },
  { "inspector", N_ ("Inspector"), LUO_KIND_TEXT, COLUMN | SEARCH },
  { "district", N_ ("District"), LUO_KIND_DISTRICT, REQUIRED | COLUMN, luo_district_choices },
  { "community", N_ ("Community"), LUO_KIND_TEXT, COLUMN | SEARCH },
  { "project", N_ ("Pilot project"), LUO_KIND_RECORD, COLUMN, .ref_type = "project" },
  { "task", N_ ("Target task"), LUO_KIND_RECORD, COLUMN, .ref_type = "task" },
  { "questions_answered", N_ ("Questions answered"), LUO_KIND_INTEGER, COLUMN },
  { "problems_found", N_ ("Problems found"), LUO_KIND_INTEGER, COLUMN },
  { "problems_solved", N_ ("Problems solved"), LUO_KIND_INTEGER, COLUMN },
  { "findings", N_ ("Findings"), LUO_KIND_ITEMS, TABLE | SEARCH, .members = finding_members },
  { "photos", N_ ("Photos"), LUO_KIND_ITEMS, .members = photo_members },
  { NULL },
};

static const LuoDerived visit_derived[] = {
  { "open_findings", N_ ("Open findings"), OPEN_FINDINGS ("count(*)"), LUO_KIND_INTEGER },
  { "next_due", N_ ("Next due"),
    OPEN_FINDINGS ("min(CASE WHEN json_type(item, '$.due') = 'text' THEN json_extract(item, '$.due') END)"),
    LUO_KIND_DATE },
  { NULL },
};

static const LuoRecordType visit_type = {
  "visit", N_ ("Visits"), N_ ("Visit"), visit_members, visit_derived,
};

/* Office, 单位 */

static const LuoMember office_members[] = {
  { "name", N_ ("Name"), LUO_KIND_TEXT, REQUIRED | COLUMN | SEARCH },
  { "short_name", N_ ("Short name"), LUO_KIND_TEXT, COLUMN | SEARCH },
  { "district", N_ ("District"), LUO_KIND_OFFICE, REQUIRED | COLUMN | FIXED, luo_office_choices },
  { "order", N_ ("Order"), LUO_KIND_INTEGER, COLUMN, .min = 0, .max = 9999 },
  { NULL },
};

static const LuoRecordType office_type = {
  "office", N_ ("Offices"), N_ ("Office"), office_members, NULL, .city_only = TRUE,
};

/* Reference list, 参照表 */

static const LuoMember value_members[] = {
  { "value", N_ ("Value"), LUO_KIND_TEXT, REQUIRED | KEY },
  { "label", N_ ("Shown as"), LUO_KIND_TEXT },
  { NULL },
};

static const LuoMember reference_members[] = {
  { "name", N_ ("Name"), LUO_KIND_TEXT, REQUIRED | COLUMN | FIXED },
  { "title", N_ ("Title"), LUO_KIND_TEXT, COLUMN },
  { "values", N_ ("Values"), LUO_KIND_ITEMS, .members = value_members },
  { "text", N_ ("Text"), LUO_KIND_NARRATIVE },
  { "palette", N_ ("Colours of the lamp"), LUO_KIND_CHOICE, .choices = luo_palette_choices },
  { "behind_permille", N_ ("Amber from so many per mille behind pace"), LUO_KIND_INTEGER, .min = 0,
    .max = 1000 },
  { "far_behind_permille", N_ ("Red from so many per mille behind pace"), LUO_KIND_INTEGER, .min = 0,
    .max = 1000 },
  { "red_within_days", N_ ("Red when due within so many days"), LUO_KIND_INTEGER, .min = 0, .max = 366 },
  { "amber_within_days", N_ ("Amber when due within so many days"), LUO_KIND_INTEGER, .min = 0, .max = 366 },
  { NULL },
};

static const LuoRecordType reference_type = {
  "reference", N_ ("Reference lists"), N_ ("Reference list"), reference_members, NULL, .city_only = TRUE,
};

/* Edit: the history */

static const LuoMember edit_members[] = {
  { "record", N_ ("Record"), LUO_KIND_RECORD, REQUIRED | COLUMN | FIXED },
  { "by", N_ ("By"), LUO_KIND_TEXT, FIXED },
  { "device", N_ ("Device"), LUO_KIND_TEXT, FIXED },
  { "at", N_ ("At"), LUO_KIND_INSTANT, REQUIRED | COLUMN | FIXED },
  { "base", N_ ("Version before"), LUO_KIND_TEXT, FIXED },
  { "rev", N_ ("Version after"), LUO_KIND_TEXT, FIXED },
  { "changes", N_ ("Changes"), LUO_KIND_OBJECT, REQUIRED | FIXED },
  { NULL },
};

static const LuoRecordType edit_type = {
  "edit", N_ ("History"), N_ ("History entry"), edit_members, NULL, .append_only = TRUE,
};

static const LuoRecordType *const record_types[] = {
  &task_type,   &progress_type,  &project_type, &training_type, &visit_type,
  &office_type, &reference_type, &edit_type,    NULL,
};

const LuoRecordType *const *
luo_record_types (void)
{
  return record_types;
}

const LuoRecordType *
luo_record_type_find (const char *name)
{
  g_return_val_if_fail (name != NULL, NULL);

  for (guint i = 0; record_types[i] != NULL; i++)
    if (strcmp (record_types[i]->name, name) == 0)
      return record_types[i];
  return NULL;
}

const LuoMember *
luo_record_type_member (const LuoRecordType *type, const char *name)
{
  g_return_val_if_fail (type != NULL, NULL);
  g_return_val_if_fail (name != NULL, NULL);

  for (const LuoMember *member = type->members; member->name != NULL; member++)
    if (strcmp (member->name, name) == 0)
      return member;
  for (const LuoMember *member = luo_common_members; member->name != NULL; member++)
    if (strcmp (member->name, name) == 0)
      return member;
  return NULL;
}

const LuoDerived *
luo_record_type_derived (const LuoRecordType *type, const char *name)
{
  g_return_val_if_fail (type != NULL, NULL);
  g_return_val_if_fail (name != NULL, NULL);

  for (const LuoDerived *derived = type->derived; derived != NULL && derived->name != NULL; derived++)
    if (strcmp (derived->name, name) == 0)
      return derived;
  return NULL;
}
