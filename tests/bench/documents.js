// SPDX-License-Identifier: GPL-3.0-or-later
// Records for the bench: about 700 bytes each, Chinese text, the same at each run.
'use strict'

const DISTRICTS = ['heping', 'shenhe', 'tiexi', 'huanggu', 'dadong', 'hunnan', 'shenbei', 'yuhong', 'sujiatun', 'liaozhong', 'xinmin', 'kangping', 'faku']
const STAGES = ['confirmed', 'requested', 'funded', 'tendered', 'design', 'construction', 'built', 'operating']
const WORDS = ['区域性', '居家', '养老', '服务', '中心', '社区', '改造', '试点', '资金', '下拨', '民政', '财政', '联合', '确认', '书面', '请示',
  '招投标', '装修', '设计', '建设', '督导', '走访', '解答', '问题', '整改', '照片', '培训', '覆盖', '标准', '事项', '平台', '受理', '比对', '要件', '街道', '办事处']

// mulberry32: small, seeded, the same everywhere.
function generator (seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

function * documents (count, seed = 1) {
  const random = generator(seed)
  const pick = list => list[Math.floor(random() * list.length)]
  const day = () => String(1 + Math.floor(random() * 28)).padStart(2, '0')
  const text = characters => {
    let made = ''
    while (made.length < characters) made += pick(WORDS) + (random() < 0.15 ? ',' : '')
    return made + '。'
  }
  for (let place = 0; place < count; place++) {
    const district = pick(DISTRICTS)
    const common = { created_at: '2020-08-01T01:00:00Z', created_by: district, updated_at: `2020-08-${day()}T08:30:00Z`, updated_by: district }
    if (place % 2) {
      yield {
        _id: `progress:2020:${10 + place}:2020-08:${district}`,
        type: 'progress', task: `task:2020:${10 + place}`, month: '2020-08', office: district,
        overall: text(110) + (place % 997 === 1 ? '敬老院。' : ''), this_month: text(45),
        readings: { centres: Math.floor(random() * 100), stations: Math.floor(random() * 300) },
        state: pick(['draft', 'submitted', 'accepted']), ...common
      }
    } else {
      const id = [1, 2, 3, 4].map(() => Math.floor(random() * 4294967296).toString(16).padStart(8, '0')).join('')
      const reached = 1 + Math.floor(random() * STAGES.length)
      const amount = Math.floor(random() * 10000) * 10000
      yield {
        _id: `project:${id}`,
        type: 'project', programme: 'home-care-pilot', task: 'task:2020:73', district,
        community: text(4).slice(0, 4) + '社区', name: text(8).slice(0, 8) + '服务中心', site: { address: text(20) },
        stages: STAGES.slice(0, reached).map((stage, month) => ({ stage, on: `2020-0${month + 1}-${day()}` })),
        funds: [{ key: 'provincial', source: '省级', document: '辽财指社〔2020〕15号', allocated_fen: amount, disbursed_fen: amount, used_fen: Math.floor(amount / 2) }],
        facts: { elderly: Math.floor(random() * 3000) }, ...common
      }
    }
  }
}

module.exports = { documents }

if (require.main === module) {
  // node documents.js COUNT SEED: JSON lines
  const lines = []
  for (const each of documents(Number(process.argv[2]), Number(process.argv[3] || 1))) lines.push(JSON.stringify(each))
  process.stdout.write(lines.join('\n') + '\n')
}
