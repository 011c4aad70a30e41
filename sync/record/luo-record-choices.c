/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-record-choices-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* The values that members choose from, each list in the order in which a person reads it. */

const LuoChoice luo_task_state_choices[] = {
  { "open", N_ ("Under way") },
  { "done", N_ ("Done") },
  { NULL },
};

const LuoChoice luo_stage_choices[] = {
  /* Translators: the stages of a pilot project, 建设状态 */
  { "confirmed", N_ ("Confirmed") },
  { "requested", N_ ("Requested in writing") },
  { "funded", N_ ("Funds disbursed") },
  { "tendered", N_ ("Tendered") },
  { "design", N_ ("Fitting-out design") },
  { "construction", N_ ("Under construction") },
  { "built", N_ ("Built") },
  { "operating", N_ ("In operation") },
  { NULL },
};

const LuoChoice luo_lamp_choices[] = {
  { "red", N_ ("Red") },
  { "amber", N_ ("Amber") },
  { "green", N_ ("Green") },
  { "blue", N_ ("Blue") },
  { "yellow", N_ ("Yellow") },
  { "done", N_ ("Done") },
  { NULL },
};

const LuoChoice luo_palette_choices[] = {
  { "red-amber-green", N_ ("Red, amber, green") },
  { "blue-yellow-red", N_ ("Blue, yellow, red") },
  { NULL },
};

const LuoChoice luo_programme_choices[] = {
  { "home-care-pilot", N_ ("Home and community care pilot") },
  { "service-mechanism", N_ ("Service mechanism pilot") },
  { "rural-pilot", N_ ("Rural pilot") },
  { "inclusive-care", N_ ("Inclusive care for the elderly") },
  { "regional-centre", N_ ("Regional home-care centre") },
  { "care-station", N_ ("Care station") },
  { NULL },
};

/* Stored as the offices write them; they come from the documents that allocate the money. */
const LuoChoice luo_fund_source_choices[] = {
  { "中央预算内", N_ ("Central budget") },
  { "省级", N_ ("Provincial funds") },
  { "市级", N_ ("Municipal funds") },
  { "区级", N_ ("District funds") },
  { "捐赠", N_ ("Donations") },
  { NULL },
};

const LuoChoice luo_visit_kind_choices[] = {
  /* Translators: 走访 */
  { "call", N_ ("Call") },
  /* Translators: 督导 */
  { "supervision", N_ ("Supervision") },
  /* Translators: 督查 */
  { "inspection", N_ ("Inspection") },
  { NULL },
};

const LuoChoice luo_progress_state_choices[] = {
  { "draft", N_ ("Draft") },       { "submitted", N_ ("Submitted") }, { "returned", N_ ("Returned") },
  { "accepted", N_ ("Accepted") }, { "frozen", N_ ("Frozen") },       { NULL },
};

const LuoChoice luo_indicator_kind_choices[] = {
  { "cumulative", N_ ("Total so far this year") },
  { "monthly", N_ ("Amount of the month") },
  { "level", N_ ("Level") },
  { "share", N_ ("Share, per mille") },
  { "tick", N_ ("Done or not, by office") },
  { NULL },
};

const LuoChoice luo_training_mode_choices[] = {
  { "onsite", N_ ("On site") },
  { "online", N_ ("Online") },
  { NULL },
};

const LuoChoice luo_severity_choices[] = {
  { "minor", N_ ("Minor") },
  { "major", N_ ("Major") },
  { "critical", N_ ("Critical") },
  { NULL },
};

const LuoChoice luo_authority_choices[] = {
  { "civil-affairs", N_ ("Civil affairs") },
  { "finance", N_ ("Finance") },
  { NULL },
};

const LuoChoice luo_fact_choices[] = {
  { "population", N_ ("Inhabitants") },
  { "households", N_ ("Households") },
  { "elderly", N_ ("Elderly people") },
  { "living_alone", N_ ("Elderly people living alone") },
  { NULL },
};

const LuoChoice luo_district_choices[] = {
  { "heping", N_ ("Heping") },     { "shenhe", N_ ("Shenhe") },
  { "tiexi", N_ ("Tiexi") },       { "huanggu", N_ ("Huanggu") },
  { "dadong", N_ ("Dadong") },     { "hunnan", N_ ("Hunnan") },
  { "shenbei", N_ ("Shenbei") },   { "yuhong", N_ ("Yuhong") },
  { "sujiatun", N_ ("Sujiatun") }, { "liaozhong", N_ ("Liaozhong") },
  { "xinmin", N_ ("Xinmin") },     { "kangping", N_ ("Kangping") },
  { "faku", N_ ("Faku") },         { NULL },
};

const LuoChoice luo_office_choices[] = {
  { "city", N_ ("City bureau") },  { "heping", N_ ("Heping") },       { "shenhe", N_ ("Shenhe") },
  { "tiexi", N_ ("Tiexi") },       { "huanggu", N_ ("Huanggu") },     { "dadong", N_ ("Dadong") },
  { "hunnan", N_ ("Hunnan") },     { "shenbei", N_ ("Shenbei") },     { "yuhong", N_ ("Yuhong") },
  { "sujiatun", N_ ("Sujiatun") }, { "liaozhong", N_ ("Liaozhong") }, { "xinmin", N_ ("Xinmin") },
  { "kangping", N_ ("Kangping") }, { "faku", N_ ("Faku") },           { NULL },
};

const char *
luo_choice_label (const LuoChoice *choices, const char *value)
{
  g_return_val_if_fail (value != NULL, NULL);

  for (const LuoChoice *choice = choices; choice != NULL && choice->value != NULL; choice++)
    if (strcmp (choice->value, value) == 0)
      return _ (choice->label);
  return value;
}
