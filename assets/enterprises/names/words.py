"""Words that names of enterprises are made of: legal forms, branches, trades.

The trades are the industry words (行业表述) frequent at the end of registered names, project
rule; where a word is missing the core (字号) of a name is longer on both sides alike.
"""

from __future__ import annotations

# With 有限公司 for 有限责任公司, as normalised names have it; longest first.
COMPANY_FORMS = (
    r"\(?集团\)?股份有限公司|\(?集团\)?有限公司|\(?控股\)?股份有限公司|股份有限公司|\(有限公司\)"
    r"|\(集团\)公司|\(集团\)总公司|有限公司|集团总公司|集团公司|股份公司|总公司|公司"
)
OTHER_FORMS = (
    r"农民专业合作社|专业合作社|股份经济合作社|经济合作社|供销合作社|合作社"
    r"|合伙企业\((?:特殊)?普通合伙\)|合伙企业\(有限合伙\)|\((?:特殊)?普通合伙\)|\(有限合伙\)"
    r"|\(个人独资\)|\(个体工商户\)"
)
# Kinds of a legal form, by a text in it; the first that fits counts.
FORM_KINDS = {
    "合作社": "cooperative",
    "合伙": "partnership",
    "独资": "sole",
    "个体": "sole",
    "股份": "joint_stock",
    "有限公司": "limited",
    "公司": "company",
}
# A body that may have branches although it is no 公司, and what branches end in.
PARENTS = r"银行|信用社|联社|总厂|集团|厂|中心|医院|电厂"
BRANCHES = (
    r"分公司|支公司|分厂|分行|支行|分理处|储蓄所|办事处|营业部|营业所|分店|分社|分部|分院"
    r"|分场|分中心|车间|项目部"
)

_TRADES = """
科技 工程 电子 贸易 商贸 工贸 实业 制品 化工 发展 材料 新材料 机械 设备 制造 销售 电器 建设 技术
物资 开发 服务 农业 纺织 装饰 机电 石化 汽车 金属 食品 管理 包装 服饰 配件 房地产 地产 塑料 广告
投资 建筑 用品 物业 安装 国际 邮政 连锁 电气 咨询 器材 运输 电力 鞋业 制衣 医药 物流 控股 信息
药业 五金 印刷 建材 环保 设计 生物 能源 新能源 服装 科贸 通信 文化 回收 工具 医疗 工业 针织 丝绸
彩印 石油 旅游 塑胶 网络 置业 商业 农资 货运 仪表 代理 经营 纸业 造纸 电机 铸造 轴承 电缆 进出口
出口 酒店 自动化 精密 系统 织造 装备 园林 橡塑 化纤 器械 仪器 经贸 部件 零部件 传媒 证券 水泥 化学
光电 玻璃 软件 家具 不锈钢 旅行社 印染 环境 加工 模具 船舶 产品 天然气 燃料 结构 钢结构 工艺品
制药 特种 工艺 木业 照明 交通 燃气 传播 煤炭 电梯 眼镜 维修 涂料 装璜 电信 产业 泵业 钢铁 特钢
绿化 阀门 成套 冶金 塑业 航空 快运 超市 监理 劳务 酒业 钢管 水产 资产 智能 装潢 资料 生产 药房
公路 机床 门窗 通讯 出租 餐饮 陶瓷 印务 化妆品 日用品 办公 资源 耐火 百货 处理 养殖 煤业 橡胶 节能
消防 精细 艺术 气体 市场 市政 标准件 灯饰 布业 热电 配套 饮料 车业 汽配 租赁 电脑 计算机 铝业 评估
光学 矿业 棉业 复合 毛纺 助剂 粮油 时装 动力 控制 饲料 重工 顾问 船务 色织 管道 防腐 皮革 净化
电工 合金 新型 制冷 客运 策划 炭素 玩具 油品 保温 铜业 经济 宾馆 空调 路桥 液压 线缆 水电 体育
航运 保安 针纺织品 辅料 纤维 珠宝 车辆 轻工 商务 电线 地毯 锅炉 灯具 油脂 染料 塑化 皮件 碳素 锻造
发电 经纪 种业 轮胎 管业 锁业 数码 通用 防水 纸品 纺机 线业 钢构 营销 加油站 安全 起重 礼品 文具
海运 电池 拍卖 制作 检测 数控 混凝土 香料 卫生 娱乐 供销 附件 变压器 染整 研究院 风机 净水 园艺
研究所 修造 生态 电源 袜业 油气 家居 皮业 板材 修理 绝缘 容器 水利 房屋 设施 教育 基础 集装箱 储运
轻纺 涂装 影视 商厦 健康 密封 箱包 石材 器件 自来水 玻璃钢 供应 再生 试剂 管件 元件 有色 建工 刀具
农机 真空 太阳能 粮食 劳保 日化 水务 购销 担保 压铸 弹簧 机车 茶业 盐业 齿轮 门业 项目 饰品 家电
绣品 种子 海洋 型材 批发 农牧 织物 仓储 香精 水暖 卫浴 冷冻 制笔 牧业 药材 冶炼 黄金 供应链 活性炭
线材 铝材 幕墙 彩钢 皮具 茶叶 粉末 展览 热能 塑钢 钢材 清洗 添加剂 热力 供热 供水 供电 污水处理
煤焦化 焦化 焦化厂 煤化工 冶炼厂 电厂 发电厂 热电厂 水泥厂 化工厂 机械厂 污水处理厂 塑料厂 纺织厂
食品厂 五金厂 服装厂 印刷厂 家具厂 制品厂 铸造厂 配件厂 砖瓦厂 加工厂 造纸厂 电器厂 电子厂 玻璃厂
皮革厂 鞋厂 木器厂 钢厂 铁厂 铁合金 电石 甲醇 乳业 肉食品 粮油厂 药厂 酒厂 农产品 硅业 碳化硅 镁业
电解铝 多晶硅 光伏 风电 新材 半导体 集成电路 生物科技 信息技术 矿产 矿山 建筑工程 股份 集团 厂
"""
TRADES = tuple(sorted(set(_TRADES.split()), key=lambda word: (-len(word), word)))

# Latin legal forms without dots and strokes, in capitals.
LATIN_FORMS = tuple(
    sorted(
        """
        CO LTD;CO LIMITED;COMPANY LIMITED;PRIVATE LIMITED;PVT LTD;PTE LTD;PTY LTD;LIMITED;LTD;LTDA
        GMBH CO KG;GMBH AND CO KG;GMBH;AG;KG;OHG;UG;SE;EG;BV;NV;CV;VOF;BVBA;SPRL;SRL;SARL;SAS;SA
        SPA;SL;SLU;SAU;AS;ASA;APS;AB;OY;OYJ;OU;UAB;IS;KS;PS;AMBA;DOO;DD;SIA;SP Z OO;SRO;KFT;ZRT
        NYRT;RT;PLC;LLC;LLP;LP;INC;INCORPORATED;CORP;CORPORATION;COMPANY;CO
        AKTIENGESELLSCHAFT;AKTIESELSKAB;AKTIEBOLAG;BESLOTEN VENNOOTSCHAP;NAAMLOZE VENNOOTSCHAP
        PRIVATE COMPANY;LIMITED LIABILITY COMPANY;JOINT STOCK COMPANY
        """.replace("\n", ";").split(";"),
        key=lambda form: (-len(form), form),
    )
)
LATIN_FORMS = tuple(form.strip() for form in LATIN_FORMS if form.strip())
# Forms after which a place or a plant of the company may follow.
LATIN_INNER = r"BV|NV|GMBH|LTD|LIMITED|LLC|INC|PLC|APS|DOO"
# Forms that are written in more than one way.
LATIN_SAME = {"LIMITED": "LTD", "CO LIMITED": "LTD", "COMPANY LIMITED": "LTD", "CO LTD": "LTD"}
LATIN_SAME |= {"PRIVATE LIMITED": "LTD", "PVT LTD": "LTD", "PTE LTD": "LTD", "PTY LTD": "LTD"}
LATIN_SAME |= {"INCORPORATED": "INC", "CORPORATION": "CORP", "COMPANY": "CO"}
LATIN_SAME |= {"AKTIENGESELLSCHAFT": "AG", "AKTIESELSKAB": "AS", "AKTIEBOLAG": "AB"}
