#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the sample data: records.jsonl and the photos beside it.

Every figure that the August 2020 table states comes out of these records when they are added up; names of
communities are places of the city, people are roles, and the sentences were written for this file.
Run it in its own folder after a change and commit what it wrote. With --photos it also draws the photos
again (python3-gi, gir1.2-gdkpixbuf-2.0, librsvg2-common); without, the committed ones are used.
"""

import hashlib
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))

DISTRICTS = [
    ('heping', '和平区'), ('shenhe', '沈河区'), ('tiexi', '铁西区'), ('huanggu', '皇姑区'), ('dadong', '大东区'),
    ('hunnan', '浑南区'), ('shenbei', '沈北新区'), ('yuhong', '于洪区'), ('sujiatun', '苏家屯区'),
    ('liaozhong', '辽中区'), ('xinmin', '新民市'), ('kangping', '康平县'), ('faku', '法库县'),
]
NAMES = dict(DISTRICTS)
MONTHS = ['2020-06', '2020-07', '2020-08']
WAN = 1000000  # fen in 万元

records = []


def wan(amount):
    """Money typed in 万元 as integer fen; text, so that no float rounds it."""
    whole, _, fraction = str(amount).partition('.')
    return int(whole) * WAN + int((fraction + '000000')[:6])


def add(space, identifier, record, at, by, attach=None):
    line = {'_id': identifier, 'space': space}
    if attach:
        line['_attach'] = attach
    line.update({key: value for key, value in record.items() if value is not None})
    line.update({'created_at': at, 'created_by': by, 'updated_at': at, 'updated_by': by})
    records.append(line)


def random_id(kind, *name):
    """The random ids of the program, but the same at each run."""
    return kind + ':' + hashlib.md5('/'.join(('luoshi-sample', kind) + name).encode()).hexdigest()


# --- Offices and reference lists --------------------------------------------------------------------------

def offices():
    at = '2020-01-06T01:00:00Z'
    add('city', 'office:city', {'type': 'office', 'name': '市民政局', 'short_name': '市局', 'district': 'city', 'order': 0},
        at, 'bureau')
    for order, (district, name) in enumerate(DISTRICTS, 1):
        short = name[:-2] if name.endswith('新区') else name[:-1]
        add('city', 'office:' + district,
            {'type': 'office', 'name': name + '民政局', 'short_name': short, 'district': district, 'order': order},
            at, 'bureau')


def references():
    at = '2020-01-06T01:10:00Z'

    def reference(name, title, values=None, **members):
        add('city', 'reference:' + name,
            {'type': 'reference', 'name': name, 'title': title,
             'values': [{'value': value, 'label': label} for value, label in values] if values else None, **members},
            at, 'bureau')

    reference('programmes', '项目类别', [
        ('home-care-pilot', '居家和社区养老服务试点'), ('service-mechanism', '社区运行和服务机制试点'),
        ('rural-pilot', '农村居家养老试点'), ('inclusive-care', '城企联动普惠养老'),
        ('regional-centre', '区域性居家养老服务中心'), ('care-station', '社区养老服务站'),
    ])
    reference('fund-sources', '资金来源', [(name, name) for name in ('中央预算内', '省级', '市级', '区级', '捐赠')])
    reference('finding-phrases', '常见问题', [
        ('exit', '消防通道堆放杂物'), ('rail', '卫生间缺少扶手'), ('ramp', '坡道坡度偏大'), ('list', '事项清单没有上墙'),
        ('paper', '仍向居民索要已取消的证明'), ('log', '受理记录填写不全'), ('device', '高拍仪故障'), ('plan', '施工进度符合计划'),
    ])
    reference('lamp-rule', '红黄绿灯规则', palette='red-amber-green', behind_permille=100, far_behind_permille=250,
              red_within_days=0, amber_within_days=14)


# --- Tasks --------------------------------------------------------------------------------------------------

def indicator(key, name, unit, kind, target=None):
    made = {'key': key, 'name': name, 'kind': kind}
    if unit:
        made['unit'] = unit
    if target is not None:
        made['target'] = target
    return made


TASKS = [
    (73, 1, 1, '推进居家和社区养老服务试点', '养老服务处', ['市财政局'], [],
     [indicator('started', '已开工试点项目', '个', 'cumulative', 16)]),
    (142, 1, 2, '推开社区便民服务“全市通办”', '基层政权建设和社区治理处', ['市营商局', '市房产局'], [],
     [indicator('items', '统一通办标准的服务事项', '项', 'level', 115),
      indicator('accepted', '受理服务事项', '件次', 'monthly'),
      indicator('compared', '比对数据', '条次', 'monthly'),
      indicator('spared', '减少重复要件', '个', 'monthly'),
      indicator('coverage', '线上学习覆盖率', None, 'share', 1000)]),
    (184, 1, 3, '提高困难群体救助标准', '社会救助处', ['市财政局'], ['沈政办发〔2020〕27号'],
     [indicator('issued', '提标文件已印发', '个', 'tick')]),
    (195, 1, 4, '新建服务中心、改造服务站', '养老服务处', ['市政府督查室'], [],
     [indicator('centres', '新建区域性居家养老服务中心', '个', 'cumulative', 100),
      indicator('stations', '改造社区养老服务站', '个', 'cumulative', 300),
      indicator('library', '国家重大项目库录入(二期)', '个', 'level', 50)]),
    (173, 1, 5, '完善养老服务体系', '养老服务处', ['市发展改革委', '市财政局'], [],
     [indicator('works', '一期合作项目开工', '个', 'cumulative')]),
    (175, 1, 6, '完善儿童关爱服务体系', '儿童福利处', ['市教育局', '市公安局'], [],
     [indicator('children', '事实无人抚养儿童信息录入', None, 'share', 1000)]),
    (188, 2, 1, '加快治理和服务重心下移', '基层政权建设和社区治理处', ['市财政局'], [],
     [indicator('confirmed', '联合确认试点社区的区', '个', 'cumulative', 7),
      indicator('tendered', '完成招投标的区', '个', 'cumulative', 7)]),
]


def tasks():
    for number, section, order, title, lead, partners, documents, indicators in TASKS:
        task = {'type': 'task', 'year': 2020, 'number': number, 'section': section, 'order': order, 'title': title,
                'lead': lead, 'partners': partners, 'due': '2020-12-31',
                'documents': documents or None, 'state': 'open', 'indicators': indicators}
        if number == 188:
            task['lamp'] = {'colour': 'amber', 'reason': '其余六区的招投标集中安排在9月', 'month': '2020-08'}
        add('city', f'task:2020:{number}', task, '2020-02-10T02:00:00Z', 'bureau')


# --- Progress -----------------------------------------------------------------------------------------------

# One row per task: for June, July and August the overall text, the text of the month, the readings.
CITY = {
    73: [('两区十六个试点点位全部选定。', '点位勘察结束，五个点位进场施工。', {'started': 5}),
         ('省级试点资金到位，八个点位开工。', '皇姑区首个点位完工。', {'started': 8}),
         ('省级试点资金669.6万元全部拨到皇姑、浑南两区。皇姑区8个点位：建成3个、在建5个；浑南区8个点位：在建3个、装修设计5个。',
          '新开工3个点位，其余点位完成设计后进场。', {'started': 11})],
    142: [('115项社区服务事项按同一标准编成清单。', '四轮联调中的前三轮完成。',
           {'items': 115, 'coverage': (5464, 6280)}),
          ('平台自7月1日起在全市社区运行，7个部门完成四轮联调。', '当月受理平稳，线上课程覆盖九成以上社区工作者。',
           {'items': 115, 'accepted': 15208, 'compared': 25116, 'spared': 4973, 'coverage': (6029, 6280)}),
          ('115项事项全市同标准办理；13个区、县(市)的现场培训共2317人次，线上学习覆盖率100%。',
           '本月受理17419件次，比对数据28704条次，少收重复要件5852个。走访社区21个，解答303件次，解决技术问题276个；在和平区、沈河区现场督导7次。',
           {'items': 115, 'accepted': 17419, 'compared': 28704, 'spared': 5852, 'coverage': (6280, 6280)})],
    184: [('提标方案征求意见完毕。', '测算各类对象所需资金。', {}),
          ('沈政办发〔2020〕27号印发，各类救助标准同步提高。', '各地开始按新标准核算。', {}),
          ('各区、县(市)按沈政办发〔2020〕27号执行新标准。', '逐区核查提标进度和发放质量。', {})],
    195: [('建成区域性中心6个，改造服务站64个。', '确定下半年选址清单。', {'centres': 6, 'stations': 64, 'library': 18}),
          ('建成区域性中心11个，改造服务站92个。', '与各地区核对选址，协调消防验收。',
           {'centres': 11, 'stations': 92, 'library': 37}),
          ('建成区域性中心15个，改造服务站117个。', '与市政府督查室同赴各地区督查，会商选址和用房难题；二期50个项目进入国家重大项目库。',
           {'centres': 15, 'stations': 117, 'library': 50})],
    173: [('一期合作项目陆续办理开工手续，6个动工。', '农村试点村名单确定。', {'works': 6}),
          ('一期合作项目动工9个。', '法库县居家养老服务中心修缮完成。', {'works': 9}),
          ('中央预算内资金756万元拨付一期运营企业，一期动工11个。', '法库县用捐赠资金50万元修缮的中心投入使用；各试点村开始填报基本情况、服务进展和资金使用。',
           {'works': 11})],
    175: [('逐户核实事实无人抚养儿童。', '核对户籍和监护信息。', {'children': (972, 1310)}),
          ('信息录入过九成。', '补齐证明材料。', {'children': (1193, 1310)}),
          ('应录1310人，已录1284人，其余26人正在核实监护情况。', '对资料不齐的个案逐一办理。', {'children': (1284, 1310)})],
    188: [('试点方案印发各区。', '与财政部门商定资金拨付办法。', {'confirmed': 2, 'tendered': 0}),
          ('四个区确认试点社区。', '指导各区准备书面请示。', {'confirmed': 4, 'tendered': 0}),
          ('和平、沈河、铁西、皇姑、大东、浑南、沈北新区七区均由民政、财政联合确认试点社区，并提交书面请示。', '皇姑区招投标结束，其余六区在准备。',
           {'confirmed': 7, 'tendered': 1})],
}

# Centres and stations of task 195 by district in August; June and July are the same shares, rounded so that they add up.
CENTRES = {'2020-06': [1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0],
           '2020-07': [1, 1, 2, 2, 1, 1, 1, 1, 1, 0, 0, 0, 0],
           '2020-08': [2, 1, 2, 2, 1, 2, 1, 1, 1, 1, 1, 0, 0]}
STATIONS = {'2020-06': [7, 7, 9, 8, 6, 5, 4, 4, 4, 3, 3, 2, 2],
            '2020-07': [10, 10, 13, 12, 9, 7, 6, 6, 5, 4, 4, 3, 3],
            '2020-08': [13, 12, 16, 15, 11, 9, 7, 8, 7, 6, 5, 4, 4]}

MECHANISM = ['heping', 'shenhe', 'tiexi', 'huanggu', 'dadong', 'hunnan', 'shenbei']
SUBMITTED = {73, 142, 195}  # of the city's own for August; the other four are still drafts


def progress(number, month, office, overall, this_month, readings, state):
    by = 'bureau' if office == 'city' else office
    # A pair is a share: so many covered of so many eligible.
    shares = [{'key': key, 'covered': value[0], 'eligible': value[1]}
              for key, value in readings.items() if isinstance(value, tuple)]
    readings = {key: value for key, value in readings.items() if not isinstance(value, tuple)}
    days = {'2020-06': '2020-06-28', '2020-07': '2020-07-28', '2020-08': '2020-08-27'}
    add(office, f'progress:2020:{number}:{month}:{office}',
        {'type': 'progress', 'task': f'task:2020:{number}', 'month': month, 'office': office, 'overall': overall,
         'this_month': this_month, 'readings': readings or None, 'shares': shares or None,
         'state': state},
        days[month] + 'T08:30:00Z', by)


def all_progress():
    for month_place, month in enumerate(MONTHS):
        for number, rows in CITY.items():
            overall, this_month, readings = rows[month_place]
            state = 'accepted' if month != '2020-08' else 'submitted' if number in SUBMITTED else 'draft'
            progress(number, month, 'city', overall, this_month, readings, state)
        for place, (district, name) in enumerate(DISTRICTS):
            centres, stations = CENTRES[month][place], STATIONS[month][place]
            progress(195, month, district, f'{name}建成区域性中心{centres}个，改造服务站{stations}个。', None,
                     {'centres': centres, 'stations': stations}, 'submitted' if month == '2020-08' else 'accepted')
    for district, name in DISTRICTS:
        progress(184, '2020-08', district, f'{name}提标文件已印发，按新标准发放。', None, {'issued': 1}, 'submitted')
    progress(73, '2020-08', 'huanggu', '皇姑区8个点位全部开工，3个建成。', '两个点位进入竣工收尾。', {'started': 8}, 'submitted')
    progress(73, '2020-08', 'hunnan', '浑南区3个点位在建，5个在做装修设计。', '五个点位的设计图送审。', {'started': 3}, 'submitted')
    for district in MECHANISM:
        progress(188, '2020-08', district, NAMES[district] + '民政、财政联合确认试点社区，书面请示已提交。', None,
                 {'confirmed': 1, 'tendered': 1 if district == 'huanggu' else 0}, 'submitted')


# --- Projects -----------------------------------------------------------------------------------------------

PROVINCIAL = '辽财指社〔2020〕15号'

# district, subdistrict, community, 万元 of the province, used of it, own money of the district, m², elderly, stage
HOME_CARE = [
    ('huanggu', '三台子街道', '三台子社区', '52', '52', '20', 620, 2140, 'built'),
    ('huanggu', '华山街道', '华山社区', '48.5', '48.5', '15', 580, 1960, 'built'),
    ('huanggu', '黄河街道', '长江社区', '46', '46', None, 540, 1815, 'built'),
    ('huanggu', '塔湾街道', '塔湾社区', '43.2', '30.5', '12', 500, 1720, 'construction'),
    ('huanggu', '明廉街道', '明廉社区', '41', '26.8', None, 480, 1655, 'construction'),
    ('huanggu', '寿泉街道', '寿泉社区', '40.3', '22.4', None, 470, 1590, 'construction'),
    ('huanggu', '陵东街道', '陵东社区', '38', '18', None, 450, 1480, 'construction'),
    ('huanggu', '北塔街道', '北塔社区', '36', '15.6', None, 430, 1405, 'construction'),
    ('hunnan', '五三街道', '五三社区', '48', '31.2', '18', 600, 2030, 'construction'),
    ('hunnan', '东湖街道', '东湖社区', '45', '27.5', None, 560, 1880, 'construction'),
    ('hunnan', '南塔街道', '南塔社区', '42.6', '24', None, 520, 1790, 'construction'),
    ('hunnan', '桃仙街道', '桃仙社区', '41', '3.2', None, 490, 1610, 'design'),
    ('hunnan', '白塔街道', '白塔社区', '40', '2.8', None, 480, 1570, 'design'),
    ('hunnan', '营城子街道', '营城子社区', '38', '2.5', None, 460, 1460, 'design'),
    ('hunnan', '英达街道', '英达社区', '36', '2.2', None, 440, 1390, 'design'),
    ('hunnan', '祝家街道', '祝家社区', '34', '2', None, 420, 1320, 'design'),
]


def fund(key, source, amount, used, document=None, on=None):
    made = {'key': key, 'source': source}
    if document:
        made['document'] = document
    made.update({'allocated_fen': wan(amount), 'disbursed_fen': wan(amount)})
    if on:
        made['disbursed_on'] = on
    if used is not None:
        made['used_fen'] = wan(used)
    return made


def project(district, programme, number, name, at='2020-03-12T03:00:00Z', **members):
    identifier = random_id('project', programme, district, name)
    add(district, identifier,
        {'type': 'project', 'programme': programme, 'task': f'task:2020:{number}', 'district': district, 'name': name,
         **members}, at, district)
    return identifier


def home_care():
    made = {}
    for place, (district, street, community, amount, used, own, area, elderly, stage) in enumerate(HOME_CARE):
        day = 10 + place % 8
        funds = [fund('provincial', '省级', amount, used, PROVINCIAL, '2020-04-28')]
        if own:
            funds.append(fund('district', '区级', own, own if stage == 'built' else None))
        stages = [{'stage': 'confirmed', 'on': f'2020-03-{day}', 'by': ['civil-affairs', 'finance']},
                  {'stage': 'requested', 'on': f'2020-03-{day + 8}', 'document': '请示'},
                  {'stage': 'funded', 'on': '2020-04-28', 'document': PROVINCIAL},
                  {'stage': 'tendered', 'on': f'2020-05-{day + 10}', 'document': '中标通知'},
                  {'stage': 'design', 'on': f'2020-06-{day}' if stage != 'design' else f'2020-08-{day}'}]
        if stage in ('construction', 'built'):
            # Of the three of Hunnan that are being built, all began in August.
            month = '08' if district == 'hunnan' else '07' if stage == 'construction' else '06'
            stages.append({'stage': 'construction', 'on': f'2020-{month}-{day if month != "06" else 25}'})
        if stage == 'built':
            stages.append({'stage': 'built', 'on': '2020-08-%02d' % (6 + place * 7) if place else '2020-07-30'})
            stages.append({'stage': 'operating', 'planned': '2020-10-15'})
        else:
            if stage == 'design':
                stages.append({'stage': 'construction', 'planned': '2020-09-15'})
            stages.append({'stage': 'built', 'planned': '2020-10-31' if stage == 'construction' else '2020-11-30'})
        made[community] = project(district, 'home-care-pilot', 73, community + '居家养老服务中心', subdistrict=street,
                                  community=community, site={'address': street + community, 'area_m2': area},
                                  stages=stages, funds=funds, facts={'elderly': elderly, 'households': elderly * 6 // 7})
    return made


def service_mechanism():
    sites = {'heping': ['南湖社区', '浑河湾社区'], 'shenhe': ['泉园社区', '文化路社区'], 'tiexi': ['工人村社区', '启工社区'],
             'huanggu': ['牡丹社区', '昆山社区'], 'dadong': ['东塔社区', '洮昌社区'], 'hunnan': ['浑河站社区', '金阳社区'],
             'shenbei': ['道义社区', '新城子社区']}
    for place, district in enumerate(MECHANISM):
        for community in sites[district]:
            stages = [{'stage': 'confirmed', 'on': f'2020-07-{14 + place}', 'by': ['civil-affairs', 'finance']},
                      {'stage': 'requested', 'on': f'2020-08-{4 + place:02d}', 'document': '书面请示'}]
            if district == 'huanggu':
                stages.append({'stage': 'tendered', 'on': '2020-08-24', 'document': '中标通知'})
            else:
                stages.append({'stage': 'tendered', 'planned': '2020-09-30'})
            project(district, 'service-mechanism', 188, community + '服务机制试点', '2020-07-13T03:00:00Z',
                    community=community, stages=stages)


def rural():
    villages = [('faku', '秀水河子镇', '秀水村', '8', '5.2', 312, 486, 'operating'),
                ('faku', '叶茂台镇', '叶茂台村', '7.5', '3.1', 287, 441, 'construction'),
                ('kangping', '东关街道', '东关村', '7', '4.6', 265, 398, 'operating'),
                ('kangping', '二牛所口镇', '二牛村', '6.5', '1.8', 241, 372, 'construction'),
                ('liaozhong', '茨榆坨街道', '茨榆坨村', '8.5', '4', 334, 512, 'construction'),
                ('xinmin', '大民屯镇', '大民屯村', '8', '2.4', 318, 495, 'construction')]
    for district, town, village, amount, used, elderly, households, stage in villages:
        stages = [{'stage': 'confirmed', 'on': '2020-05-18', 'by': ['civil-affairs']},
                  {'stage': 'funded', 'on': '2020-06-22'}, {'stage': 'construction', 'on': '2020-07-10'}]
        if stage == 'operating':
            stages += [{'stage': 'built', 'on': '2020-08-12'}, {'stage': 'operating', 'on': '2020-08-20'}]
        else:
            stages.append({'stage': 'built', 'planned': '2020-10-20'})
        project(district, 'rural-pilot', 173, village + '居家养老试点', '2020-05-18T03:00:00Z', subdistrict=town,
                community=village, stages=stages,
                funds=[fund('municipal', '市级', amount, used, None, '2020-06-22')],
                facts={'elderly': elderly, 'households': households, 'living_alone': elderly // 6})
    project('faku', 'rural-pilot', 173, '法库县居家养老服务中心', '2020-04-20T03:00:00Z', subdistrict='法库镇',
            site={'address': '法库镇', 'area_m2': 760}, operator='法库县民政局',
            stages=[{'stage': 'confirmed', 'on': '2020-04-20', 'by': ['civil-affairs']},
                    {'stage': 'funded', 'on': '2020-05-15', 'document': '共建协议'},
                    {'stage': 'construction', 'on': '2020-05-25'}, {'stage': 'built', 'on': '2020-07-24'},
                    {'stage': 'operating', 'on': '2020-08-10'}],
            funds=[fund('donation', '捐赠', '50', '50', '捐赠协议', '2020-05-15')], facts={'elderly': 420, 'beds': 24})


def inclusive():
    sites = [('heping', '南市社区', '72', '36'), ('shenhe', '五里河社区', '70', '34'), ('tiexi', '兴华社区', '68', '31'),
             ('tiexi', '重工社区', '66', '28'), ('dadong', '小东社区', '64', '27'), ('shenbei', '蒲河社区', '60', '22'),
             ('yuhong', '迎宾路社区', '76', '35'), ('yuhong', '城东湖社区', '70', '30'), ('sujiatun', '民主社区', '74', '33'),
             ('liaozhong', '蒲东社区', '68', '24'), ('xinmin', '辽滨社区', '68', '18')]
    for place, (district, community, amount, used) in enumerate(sites):
        project(district, 'inclusive-care', 173, community + '普惠养老中心', '2020-03-25T03:00:00Z', community=community,
                operator='一期合作运营企业',
                stages=[{'stage': 'confirmed', 'on': '2020-03-25', 'by': ['civil-affairs']},
                        {'stage': 'construction', 'on': f'2020-0{6 + place // 6}-{10 + place}' if place < 9
                         else f'2020-08-{6 + place}'},
                        {'stage': 'built', 'planned': '2020-12-15'}],
                funds=[fund('central', '中央预算内', amount, used, None, '2020-08-05')])


# --- Training -------------------------------------------------------------------------------------------------

ATTENDANCES = [196, 203, 238, 214, 187, 178, 165, 172, 158, 149, 161, 132, 164]
WORKERS = [642, 655, 781, 703, 598, 486, 402, 517, 376, 311, 358, 204, 247]


def trainings():
    for place, (district, name) in enumerate(DISTRICTS):
        day = f'2020-{"06" if place < 6 else "07"}-{16 + place if place < 6 else 2 + place:02d}'
        add(district, random_id('training', district, 'onsite'),
            {'type': 'training', 'on': day, 'topic': '全市通办平台操作', 'mode': 'onsite', 'district': district,
             'audience': '社区工作者', 'attendances': ATTENDANCES[place], 'task': 'task:2020:142'},
            day + 'T09:00:00Z', 'bureau')
        add(district, random_id('training', district, 'online'),
            {'type': 'training', 'on': '2020-08-14', 'topic': '通办平台线上课程', 'mode': 'online', 'district': district,
             'audience': '社区工作者', 'eligible': WORKERS[place], 'covered': WORKERS[place], 'task': 'task:2020:142'},
            '2020-08-14T09:00:00Z', 'bureau')


# --- Visits -----------------------------------------------------------------------------------------------------

# district, community, day of August, questions answered, problems found, problems solved: 303 answered, 276 solved
CALLS = [
    ('huanggu', '三台子社区', 6, 18, 17, 16), ('huanggu', '华山社区', 6, 14, 13, 13), ('huanggu', '长江社区', 7, 16, 14, 14),
    ('huanggu', '塔湾社区', 10, 12, 11, 11), ('hunnan', '五三社区', 11, 15, 14, 13), ('hunnan', '东湖社区', 11, 13, 12, 12),
    ('hunnan', '南塔社区', 12, 17, 16, 15), ('heping', '南湖社区', 12, 19, 17, 17), ('heping', '浑河湾社区', 13, 11, 10, 10),
    ('shenhe', '泉园社区', 13, 16, 15, 15), ('shenhe', '文化路社区', 14, 12, 11, 11), ('tiexi', '工人村社区', 17, 20, 19, 18),
    ('tiexi', '启工社区', 17, 14, 13, 13), ('dadong', '东塔社区', 18, 13, 12, 12), ('dadong', '洮昌社区', 18, 15, 14, 14),
    ('shenbei', '道义社区', 19, 16, 14, 14), ('yuhong', '迎宾路社区', 20, 14, 13, 13), ('sujiatun', '民主社区', 21, 12, 11, 11),
    ('liaozhong', '蒲东社区', 24, 13, 12, 12), ('xinmin', '辽滨社区', 25, 12, 11, 11), ('faku', '吉祥社区', 26, 11, 11, 11),
]

SUPERVISIONS = [
    ('heping', '南市社区', 5), ('heping', '马路湾社区', 12), ('heping', '集贤社区', 19), ('heping', '新兴社区', 26),
    ('shenhe', '五里河社区', 6), ('shenhe', '滨河社区', 13), ('shenhe', '风雨坛社区', 20),
]

# Findings by community: key, text, severity, due, the day it was solved and how
FINDINGS = {
    '三台子社区': [('exit', '消防通道被建材占用', 'critical', '2020-08-24', None, None),
                ('device', '高拍仪无法识别证件', 'major', '2020-08-12', '2020-08-10', '已更换设备')],
    '华山社区': [('plan', '施工进度符合计划', 'minor', None, None, None)],
    '五三社区': [('rail', '卫生间扶手没有安装', 'major', '2020-09-15', None, None)],
    '南塔社区': [('log', '受理记录缺少办结时间', 'minor', '2020-08-26', None, None)],
    '工人村社区': [('account', '两名新到岗人员没有平台账号', 'major', '2020-08-25', None, None)],
    '泉园社区': [('list', '服务事项清单没有上墙', 'minor', '2020-08-20', '2020-08-18', '清单展示板已张挂')],
    '南市社区': [('paper', '一项事项仍要居民提交已取消的证明', 'critical', '2020-08-12', '2020-08-11', '已按统一标准改正')],
    '集贤社区': [('few', '跨区事项本月只受理2件', 'major', '2020-09-10', None, None)],
    '五里河社区': [('list', '事项清单仍是旧版', 'minor', '2020-08-14', '2020-08-13', '已换新版')],
    '滨河社区': [('few', '居民不知道可以跨区办理', 'major', '2020-09-05', None, None)],
}

# Which photo hangs on which visit, and on which of its findings
PHOTOS = {'三台子社区': ('passage', 'exit', 41.8452, 123.3963), '泉园社区': ('board', 'list', 41.7716, 123.4562)}


def visit(kind, district, community, day, sites, answered=None, found=None, solved=None):
    on = f'2020-08-{day:02d}'
    findings = []
    for key, text, severity, due, solved_on, note in FINDINGS.get(community, []):
        finding = {'key': key, 'text': text, 'severity': severity, 'due': due, 'solved_on': solved_on, 'solved_note': note}
        findings.append({name: value for name, value in finding.items() if value is not None})
    photos, attach = None, None
    if kind == 'call' and community in PHOTOS:
        name, key, latitude, longitude = PHOTOS[community]
        path = os.path.join(HERE, name + '.jpg')
        with open(path, 'rb') as file:
            digest = hashlib.sha256(file.read()).hexdigest()
        photos = [{'name': name + '.jpg', 'taken_at': on + 'T02:20:00Z', 'latitude': latitude, 'longitude': longitude,
                   'sha256': digest}]
        for finding in findings:
            if finding['key'] == key:
                finding['photos'] = [name + '.jpg']
        attach = [{'name': each, 'file': each, 'content_type': 'image/jpeg'}
                  for each in (name + '.jpg', name + '.small.jpg')]
    add(district, random_id('visit', kind, district, community),
        {'type': 'visit', 'kind': kind, 'on': on, 'inspector': '市民政局技术人员' if kind == 'call' else '市民政局督导员',
         'district': district, 'community': community, 'project': sites.get(community), 'task': 'task:2020:142',
         'questions_answered': answered, 'problems_found': found, 'problems_solved': solved,
         'findings': findings or None, 'photos': photos}, on + 'T09:10:00Z', 'inspector', attach)


def visits(sites):
    for district, community, day, answered, found, solved in CALLS:
        visit('call', district, community, day, sites, answered, found, solved)
    for district, community, day in SUPERVISIONS:
        visit('supervision', district, community, day, sites)


# --- Photos -------------------------------------------------------------------------------------------------------

def draw_photos():
    import gi
    gi.require_version('GdkPixbuf', '2.0')
    from gi.repository import GdkPixbuf
    for name in ('passage', 'board'):
        for suffix, width in (('', 800), ('.small', 160)):
            picture = GdkPixbuf.Pixbuf.new_from_file_at_scale(os.path.join(HERE, name + '.svg'), width, -1, True)
            flat = picture.composite_color_simple(picture.get_width(), picture.get_height(),
                                                  GdkPixbuf.InterpType.BILINEAR, 255, 16, 0xffffffff, 0xffffffff)
            flat.savev(os.path.join(HERE, name + suffix + '.jpg'), 'jpeg', ['quality'], ['82'])


# --- Everything, and the facts it must add up to -------------------------------------------------------------------

def check_facts():
    def of(record_type, **members):
        return [each for each in records if each['type'] == record_type
                and all(each.get(name) == value for name, value in members.items())]

    def stage(each):
        return [step['stage'] for step in each['stages'] if 'on' in step][-1]

    def by_stage(district):
        sites = of('project', programme='home-care-pilot', district=district)
        return sorted(stage(each) for each in sites)

    def money(source, member):
        return sum(line.get(member, 0) for each in of('project') for line in each.get('funds', [])
                   if line['source'] == source)

    # Stages follow each other by date, so that the last one reached is the last in every order.
    for each in of('project'):
        dates = [step['on'] for step in each['stages'] if 'on' in step]
        assert dates == sorted(dates), each['name']
    assert by_stage('huanggu') == ['built'] * 3 + ['construction'] * 5
    assert by_stage('hunnan') == ['construction'] * 3 + ['design'] * 5
    assert money('省级', 'disbursed_fen') == 669600000 and money('中央预算内', 'disbursed_fen') == 756000000
    assert money('捐赠', 'used_fen') == 50000000
    assert sum(each.get('attendances', 0) for each in of('training')) == 2317
    assert all(each['covered'] == each['eligible'] for each in of('training', mode='online'))
    assert sum(each['covered'] for each in of('training', mode='online')) == 6280
    assert len({each['district'] for each in of('training')}) == 13
    calls = of('visit', kind='call')
    assert len({each['community'] for each in calls}) == 21
    assert sum(each['questions_answered'] for each in calls) == 303
    assert sum(each['problems_solved'] for each in calls) == 276
    assert sorted(each['district'] for each in of('visit', kind='supervision')) == ['heping'] * 4 + ['shenhe'] * 3
    assert len([each for each in of('project', programme='inclusive-care') if stage(each) == 'construction']) == 11
    for key, total in (('centres', 15), ('stations', 117)):
        assert sum(each['readings'][key] for each in of('progress', task='task:2020:195', month='2020-08')
                   if each['office'] != 'city') == total
    for month in MONTHS:
        own = CITY[195][MONTHS.index(month)][2]
        assert (sum(CENTRES[month]), sum(STATIONS[month])) == (own['centres'], own['stations'])
    assert len({each['_id'] for each in records}) == len(records)


def main():
    if '--photos' in sys.argv[1:]:
        draw_photos()
    offices()
    references()
    tasks()
    all_progress()
    sites = home_care()
    service_mechanism()
    rural()
    inclusive()
    trainings()
    visits(sites)
    check_facts()
    with open(os.path.join(HERE, 'records.jsonl'), 'w', encoding='utf-8') as out:
        for record in records:
            out.write(json.dumps(record, ensure_ascii=False, separators=(',', ':')) + '\n')
    print(len(records), 'records')


if __name__ == '__main__':
    main()
