/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The one table of what a record is. It drives validation (luo-record-check.h), the projections and columns of lists
 * (store), the forms (app) and, later, the server's rules. A member is described once, here. */

/**
 * LuoKind: what the JSON value of a member is.
 * @LUO_KIND_TEXT: text of one line, not empty
 * @LUO_KIND_NARRATIVE: text of several paragraphs
 * @LUO_KIND_CHOICE: one of the member's choices
 * @LUO_KIND_DATE: local calendar day, `YYYY-MM-DD`
 * @LUO_KIND_MONTH: `YYYY-MM`
 * @LUO_KIND_INSTANT: UTC, `YYYY-MM-DDThh:mm:ss[.fff]Z`
 * @LUO_KIND_INTEGER: whole number within min and max
 * @LUO_KIND_NUMBER: any finite number within min and max
 * @LUO_KIND_MONEY: integer fen, from 0 to below 2^53
 * @LUO_KIND_BOOLEAN: true or false
 * @LUO_KIND_DISTRICT: identifier of a district ("huanggu")
 * @LUO_KIND_OFFICE: "city" or a district
 * @LUO_KIND_RECORD: id of another record, of type @ref_type
 * @LUO_KIND_DOCUMENT: a document number (文号) or other reference text
 * @LUO_KIND_TEXTS: array of texts without doubles (a set)
 * @LUO_KIND_OBJECT: one object of @members; of anything where there are none
 * @LUO_KIND_ITEMS: array of objects of @members; where one has LUO_MEMBER_KEY it is unique in the array
 * @LUO_KIND_INTEGER_MAP: object of any member name to a whole number (readings, facts)
 * @LUO_KIND_TEXT_MAP: object of any member name to text (remarks)
 */
typedef enum
{
  LUO_KIND_TEXT,
  LUO_KIND_NARRATIVE,
  LUO_KIND_CHOICE,
  LUO_KIND_DATE,
  LUO_KIND_MONTH,
  LUO_KIND_INSTANT,
  LUO_KIND_INTEGER,
  LUO_KIND_NUMBER,
  LUO_KIND_MONEY,
  LUO_KIND_BOOLEAN,
  LUO_KIND_DISTRICT,
  LUO_KIND_OFFICE,
  LUO_KIND_RECORD,
  LUO_KIND_DOCUMENT,
  LUO_KIND_TEXTS,
  LUO_KIND_OBJECT,
  LUO_KIND_ITEMS,
  LUO_KIND_INTEGER_MAP,
  LUO_KIND_TEXT_MAP,
} LuoKind;

/**
 * LuoMemberFlags:
 * @LUO_MEMBER_REQUIRED: must be present
 * @LUO_MEMBER_KEY: names an item within its array (ITEMS) for edits, merge and child tables
 * @LUO_MEMBER_COLUMN: has a projected, indexed column of the same name (lists filter and sort by it)
 * @LUO_MEMBER_SEARCH: its text is found by search
 * @LUO_MEMBER_TABLE: an ITEMS or INTEGER_MAP member whose items are projected into a child table `<type>_<member>`
 * @LUO_MEMBER_FIXED: set at creation, not edited afterwards
 */
typedef enum
{
  LUO_MEMBER_NONE = 0,
  LUO_MEMBER_REQUIRED = 1 << 0,
  LUO_MEMBER_KEY = 1 << 1,
  LUO_MEMBER_COLUMN = 1 << 2,
  LUO_MEMBER_SEARCH = 1 << 3,
  LUO_MEMBER_TABLE = 1 << 4,
  LUO_MEMBER_FIXED = 1 << 5,
} LuoMemberFlags;

typedef struct
{
  const char *value; /* as stored: "construction" */
  const char *label; /* as shown, marked with N_(): "Under construction" (正在建设) */
} LuoChoice;

typedef struct _LuoMember LuoMember;

struct _LuoMember
{
  const char *name;  /* JSON member name; NULL ends an array of members */
  const char *label; /* shown, N_() */
  LuoKind kind;
  LuoMemberFlags flags;
  const LuoChoice *choices; /* (nullable) for CHOICE, ended by a NULL value; for others suggestions */
  const LuoMember *members; /* (nullable) for OBJECT and ITEMS */
  const char *ref_type;     /* (nullable) for RECORD */
  double min, max;          /* for INTEGER, NUMBER, INTEGER_MAP; both 0 means the default 0 … 2^53-1 */
  const char *unit;         /* (nullable) shown after the value, N_(): "m²" */
};

/**
 * LuoDerived: a column that is computed from the body by SQL and never stored in the record.
 * @name: column name, e.g. "stage" of a project (the last stage with `on`)
 * @sql: an SQL expression over the alias `body` (the JSON text); constant, trusted. It never fails, whatever valid JSON the body
 *   is: a part of another kind than expected counts as missing
 * @kind: what the value is, for sorting and showing it
 * @choices: (nullable): of a CHOICE
 */
typedef struct
{
  const char *name;
  const char *label;
  const char *sql;
  LuoKind kind;
  const LuoChoice *choices;
} LuoDerived;

typedef struct
{
  const char *name;          /* "project" */
  const char *label;         /* N_("Pilot projects") */
  const char *label_one;     /* N_("Pilot project") */
  const LuoMember *members;  /* ended by a NULL name; without type, created_at… which every record has */
  const LuoDerived *derived; /* (nullable) ended by a NULL name */
  gboolean city_only;        /* lives in the space city alone */
  gboolean append_only;      /* edit: never changed once written */
} LuoRecordType;

/** The members that every record has beside its own: type, created_at, created_by, updated_at, updated_by. */
extern const LuoMember luo_common_members[];

/**
 * luo_record_types:
 *
 * Returns: (transfer none): all types, ended by NULL: task, progress, project, training, visit, office, reference, edit
 */
const LuoRecordType *const *luo_record_types (void);

/** Returns: (transfer none) (nullable): the type of that name. */
const LuoRecordType *luo_record_type_find (const char *name);

/** Returns: (transfer none) (nullable): a member of @type by its name (common members included). */
const LuoMember *luo_record_type_member (const LuoRecordType *type, const char *name);

/** Returns: (transfer none) (nullable): a derived column of @type by its name. */
const LuoDerived *luo_record_type_derived (const LuoRecordType *type, const char *name);

/** Returns: (transfer none): the translated label of @value among @choices, or @value itself where it is not known. */
const char *luo_choice_label (const LuoChoice *choices, const char *value);

/* The choices that several pages draw as legends and columns. */
extern const LuoChoice luo_stage_choices[]; /* confirmed … operating, in order */
extern const LuoChoice luo_lamp_choices[];  /* red amber green blue yellow done */
extern const LuoChoice luo_programme_choices[];
extern const LuoChoice luo_visit_kind_choices[];
extern const LuoChoice luo_progress_state_choices[];
extern const LuoChoice luo_indicator_kind_choices[];
extern const LuoChoice luo_training_mode_choices[];
extern const LuoChoice luo_severity_choices[];
extern const LuoChoice luo_fund_source_choices[]; /* suggestions; stored as the offices write them */
extern const LuoChoice luo_office_choices[];      /* city, then the districts */
/* The thirteen in the order of the city; the label is the pinyin, translated to 皇姑区. */
extern const LuoChoice luo_district_choices[];

G_END_DECLS
