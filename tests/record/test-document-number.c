/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-document-number.h"
#include "luo-record-error.h"

/* Read in every form that offices type, printed back exactly, and compared in one form. */
static void
test_reads (void)
{
  static const struct
  {
    const char *text;
    const char *issuer;
    guint year;
    guint number;
    const char *normal;
  } vectors[] = {
    { "沈政办发〔2020〕27号", "沈政办发", 2020, 27, "沈政办发〔2020〕27号" },
    { "沈政办发[2020]27号", "沈政办发", 2020, 27, "沈政办发〔2020〕27号" },
    { "沈政办发（2020）27号", "沈政办发", 2020, 27, "沈政办发〔2020〕27号" },
    { "沈政办发(2020)27号", "沈政办发", 2020, 27, "沈政办发〔2020〕27号" },
    { "沈政办发【2020】27号", "沈政办发", 2020, 27, "沈政办发〔2020〕27号" },
    { "沈政办发［2020］27号", "沈政办发", 2020, 27, "沈政办发〔2020〕27号" },
    { "沈政办发〔２０２０〕２７号", "沈政办发", 2020, 27, "沈政办发〔2020〕27号" },
    { "沈政办发〔2020〕第27号", "沈政办发", 2020, 27, "沈政办发〔2020〕27号" },
    { "沈政办发 〔2020〕 第 27 号", "沈政办发", 2020, 27, "沈政办发〔2020〕27号" },
    { "沈民函〔2019〕003号", "沈民函", 2019, 3, "沈民函〔2019〕3号" },
    { "辽财指社〔2020〕312号", "辽财指社", 2020, 312, "辽财指社〔2020〕312号" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (LuoDocumentNumber) number = luo_document_number_parse (vectors[i].text, &error);
      g_autofree char *printed = NULL;
      g_autofree char *normal = NULL;

      g_test_message ("Vector %s", vectors[i].text);
      g_assert_no_error (error);
      printed = luo_document_number_print (number);
      normal = luo_document_number_normal (number);
      g_assert_cmpstr (printed, ==, vectors[i].text);
      g_assert_cmpstr (normal, ==, vectors[i].normal);
      g_assert_cmpstr (number->issuer, ==, vectors[i].issuer);
      g_assert_cmpuint (number->year, ==, vectors[i].year);
      g_assert_cmpuint (number->number, ==, vectors[i].number);
    }

  {
    g_autoptr (LuoDocumentNumber) number = luo_document_number_parse ("  沈政办发〔2020〕27号　", NULL);

    g_assert_cmpstr (number->original, ==, "沈政办发〔2020〕27号");
  }
}

static void
test_refuses (void)
{
  static const char *vectors[] = {
    "",
    "沈政办发",
    "〔2020〕27号",
    "沈政办发〔2020〕号",
    "沈政办发〔2020〕27",
    "沈政办发〔20〕27号",
    "沈政办发〔20200〕27号",
    "沈政办发〔1800〕27号",
    "沈政办发〔2020]27号",
    "沈政办发2020年27号",
    "沈政办发〔2020〕0号",
    "沈政办发〔2020〕99999999999号",
    "沈政办发〔2020〕27号文",
    "根据，沈政办发〔2020〕27号",
    "沈政办发〔2020〕27号、沈民函〔2020〕3号",
    "\xff〔2020〕27号",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("Vector %" G_GSIZE_FORMAT, i);
      g_assert_null (luo_document_number_parse (vectors[i], &error));
      g_assert_error (error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_VALUE);
    }
}

/* In running text, whatever stands before and after. */
static void
test_finds (void)
{
  static const struct
  {
    const char *text;
    const char *found[4];
  } vectors[] = {
    { "", { NULL } },
    { "（2020）年27号楼", { NULL } },
    { "按《通知》(沈政办发〔2020〕27号)要求，逐区督导。", { "沈政办发〔2020〕27号" } },
    { "根据沈政办发〔2020〕27号文件", { "沈政办发〔2020〕27号" } },
    { "8月印发沈民发〔2020〕30号、沈财社[2020]第5号；", { "沈民发〔2020〕30号", "沈财社[2020]第5号" } },
    { "沈民发〔2020〕1号沈民发〔2020〕2号", { "沈民发〔2020〕1号", "沈民发〔2020〕2号" } },
    { "沈民转发〔2020〕5号", { "沈民转发〔2020〕5号" } },
    { "沈和政办发〔2020〕9号", { "沈和政办发〔2020〕9号" } },
    { "沈民发〔2020〕", { NULL } },
    { "\xff", { NULL } },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GPtrArray) found = luo_document_number_find (vectors[i].text);
      guint n = 0;

      g_test_message ("Vector %" G_GSIZE_FORMAT, i);
      for (; vectors[i].found[n] != NULL; n++)
        {
          g_assert_cmpuint (n, <, found->len);
          g_assert_cmpstr (((LuoDocumentNumber *)found->pdata[n])->original, ==, vectors[i].found[n]);
        }
      g_assert_cmpuint (found->len, ==, n);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/record/document-number/reads", test_reads);
  g_test_add_func ("/record/document-number/refuses", test_refuses);
  g_test_add_func ("/record/document-number/finds", test_finds);
  return g_test_run ();
}
