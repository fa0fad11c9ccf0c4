<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
  <context>
    <name>Redline</name>
    <message>
      <location filename="../../processing/algorithm.py" />
      <source>Redline needs {libraries}: open the OSGeo4W Shell, run “{command}”, and start QGIS again.</source>
      <translation>耕地红线需要 {libraries}：请打开 OSGeo4W Shell，运行“{command}”，然后重新启动 QGIS。</translation>
    </message>
    <message>
      <location filename="../../processing/algorithm.py" />
      <source>Redline needs {libraries}: in a terminal, run “{command}”, and start QGIS again.</source>
      <translation>耕地红线需要 {libraries}：请在终端运行“{command}”，然后重新启动 QGIS。</translation>
    </message>
    <message>
      <location filename="../../processing/algorithm.py" />
      <source>Consistency</source>
      <translation>一致性核查</translation>
    </message>
    <message>
      <location filename="../../processing/algorithm.py" />
      <source>Permits and violations</source>
      <translation>批与违</translation>
    </message>
    <message>
      <location filename="../../processing/algorithm.py" />
      <source>Grid responsibility</source>
      <translation>网格责任</translation>
    </message>
    <message>
      <location filename="../../processing/algorithm.py" />
      <source>Maps on paper</source>
      <translation>图册与图件</translation>
    </message>
    <message>
      <location filename="../../processing/algorithm.py" />
      <source>Exchange</source>
      <translation>数据交换</translation>
    </message>
    <message>
      <location filename="../../processing/algorithm.py" />
      <source>Inputs</source>
      <translation>输入</translation>
    </message>
    <message>
      <location filename="../../processing/algorithm.py" />
      <source>Outputs</source>
      <translation>输出</translation>
    </message>
    <message>
      <location filename="../../processing/algorithm.py" />
      <location filename="../../processing/audit_facts.py" />
      <source>Area tolerance (m²)</source>
      <translation>面积容差（平方米）</translation>
    </message>
    <message>
      <location filename="../../processing/algorithm.py" />
      <source>An area that differs by no more than this is no error, nor one within the tolerance in percent.</source>
      <translation>面积相差不超过此值，或不超过百分比容差的，不算错误。</translation>
    </message>
    <message>
      <location filename="../../processing/algorithm.py" />
      <location filename="../../processing/audit_facts.py" />
      <source>Area tolerance (%)</source>
      <translation>面积容差（%）</translation>
    </message>
    <message>
      <location filename="../../processing/algorithm.py" />
      <source>Share of the reference area. The greater of both tolerances decides for every plot.</source>
      <translation>占基准面积的比例。每个图斑以两种容差中较大者为准。</translation>
    </message>
    <message>
      <location filename="../../processing/algorithm.py" />
      <location filename="../../processing/audit_facts.py" />
      <source>Shift tolerance (m)</source>
      <translation>位移容差（米）</translation>
    </message>
    <message>
      <location filename="../../processing/algorithm.py" />
      <source>How far a ground plot may reach from the map's plot, or a ground point lie outside it.</source>
      <translation>实地地块允许超出图上图斑的距离，或实地点位允许落在图斑外的距离。</translation>
    </message>
    <message>
      <location filename="../../processing/algorithm.py" />
      <location filename="../../processing/audit_facts.py" />
      <source>Least agreement of shapes (0–1)</source>
      <translation>图形吻合度下限（0–1）</translation>
    </message>
    <message>
      <location filename="../../processing/algorithm.py" />
      <source>Area shared by the map's plot and the ground plot, divided by the area that either covers.</source>
      <translation>图上图斑与实地地块的重叠面积，除以两者合并后的面积。</translation>
    </message>
    <message>
      <location filename="../../processing/algorithm.py" />
      <location filename="../../processing/countyaudit.py" />
      <source>Number of errors</source>
      <translation>错误数</translation>
    </message>
    <message>
      <location filename="../../processing/algorithm.py" />
      <location filename="../../processing/countyaudit.py" />
      <source>Number of warnings</source>
      <translation>警告数</translation>
    </message>
    <message>
      <location filename="../../processing/algorithm.py" />
      <location filename="../../processing/countyaudit.py" />
      <source>Number of remarks</source>
      <translation>提示数</translation>
    </message>
    <message>
      <location filename="../../processing/algorithm.py" />
      <location filename="../../processing/countyaudit.py" />
      <source>Number of plots checked</source>
      <translation>核查图斑数</translation>
    </message>
    <message>
      <location filename="../../processing/algorithm.py" />
      <location filename="../../processing/countyaudit.py" />
      <source>Passed: no error was found</source>
      <translation>通过：未发现错误</translation>
    </message>
    <message>
      <location filename="../../processing/algorithm.py" />
      <location filename="../../processing/countyaudit.py" />
      <location filename="../../processing/maps/sheetgrid.py" />
      <source>Summary in one line</source>
      <translation>一句话结论</translation>
    </message>
    <message>
      <location filename="../../processing/algorithm.py" />
      <source>There is not enough memory for these layers: select fewer features.</source>
      <translation>内存不足，无法处理这些图层：请少选一些要素。</translation>
    </message>
    <message>
      <location filename="../../processing/algorithm.py" />
      <source>Redline stopped at something it did not expect ({kind}: {message}). Please report it.</source>
      <translation>耕地红线遇到意外情况而停止（{kind}：{message}）。请反馈给开发者。</translation>
    </message>
    <message>
      <location filename="../../processing/algorithm.py" />
      <source>“{parameter}”: Redline's settings say that personal data is never shown.</source>
      <translation>“{parameter}”：耕地红线的设置规定任何情况下都不显示个人信息。</translation>
    </message>
    <message>
      <location filename="../../processing/algorithm.py" />
      <source>“{output}” would overwrite the file of “{other}”: choose another file.</source>
      <translation>“{output}”会覆盖“{other}”的文件：请另选文件。</translation>
    </message>
    <message>
      <location filename="../../processing/audit_facts.py" />
      <location filename="../../processing/consistency/fiveduties.py" />
      <location filename="../../processing/countyaudit.py" />
      <location filename="../../processing/enforcement/enforcementrates.py" />
      <location filename="../../processing/enforcement/idleland.py" />
      <location filename="../../processing/enforcement/permitconflicts.py" />
      <location filename="../../processing/grid/checkgrid.py" />
      <location filename="../../processing/grid/drawgrid.py" />
      <location filename="../../processing/grid/patrolcheck.py" />
      <location filename="../../processing/grid/signcheck.py" />
      <location filename="../../ui/run.py" />
      <source>On the day</source>
      <translation>核查日期</translation>
    </message>
    <message>
      <location filename="../../processing/check.py" />
      <location filename="../../ui/panel.py" />
      <source>Findings</source>
      <translation>问题</translation>
    </message>
    <message>
      <location filename="../../processing/check.py" />
      <location filename="../../processing/countyaudit.py" />
      <source>Report</source>
      <translation>核查报告</translation>
    </message>
    <message>
      <location filename="../../processing/check.py" />
      <location filename="../../processing/countyaudit.py" />
      <source>HTML files (*.html)</source>
      <translation>HTML 文件 (*.html)</translation>
    </message>
    <message>
      <location filename="../../processing/check.py" />
      <location filename="../../processing/countyaudit.py" />
      <source>Report on paper</source>
      <translation>打印版报告</translation>
    </message>
    <message>
      <location filename="../../processing/check.py" />
      <location filename="../../processing/countyaudit.py" />
      <location filename="../../processing/maps/atlas.py" />
      <source>PDF files (*.pdf)</source>
      <translation>PDF 文件 (*.pdf)</translation>
    </message>
    <message>
      <location filename="../../processing/check.py" />
      <source>One row for everything that is wrong: rule, severity, place, expected and actual value, what to do. What has no place on the map, such as a row of a table, has no geometry.</source>
      <translation>每个问题一行：规则、级别、位置、应为值与实际值、处理办法。在图上没有位置的（如表格中的一行）没有图形。</translation>
    </message>
    <message>
      <location filename="../../processing/check.py" />
      <location filename="../../processing/countyaudit.py" />
      <source>A page to read and to sign, with tables and charts; it opens without a network.</source>
      <translation>可阅读、可签字的报告，含表格和图表；无需联网即可打开。</translation>
    </message>
    <message>
      <location filename="../../processing/check.py" />
      <source>True where there is no error; for models that go on only then.</source>
      <translation>没有错误时为真；供模型据此决定是否继续。</translation>
    </message>
    <message>
      <location filename="../../processing/check.py" />
      <location filename="../../processing/countyaudit.py" />
      <source>The same report on paper.</source>
      <translation>同一报告的打印版。</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/coveragecheck.py" />
      <source>Overlaps, gaps and shapes of a layer</source>
      <translation>重叠、缝隙与图形检查</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/coveragecheck.py" />
      <source>Looks at the shapes of one layer: land that two plots claim, land that none claims, plots drawn twice, slivers, invalid and multipart shapes, tiny and narrow plots, and plots outside or across their unit.

Nothing is capped and nothing is snapped: every place is given with its exact shape and area. Invalid shapes are reported, and compared with their neighbours all the same.</source>
      <translation>检查一个图层的图形：两个图斑重叠的土地、没有图斑覆盖的土地、重复的图形、狭长条、无效和多部件图形、碎面和狭长图斑，以及不在本行政区内或越界的图斑。

不设条数上限，不移动任何节点：每一处都给出准确的图形和面积。无效图形会报告，并照样与相邻图斑比对。</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/coveragecheck.py" />
      <location filename="../../processing/maps/sheetgrid.py" />
      <source>Layer</source>
      <translation>图层</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/coveragecheck.py" />
      <source>Polygons that must not overlap: farmland plots, land survey, responsibility zones, units.</source>
      <translation>不得重叠的面：永久基本农田图斑、地类图斑、责任区、行政区。</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/coveragecheck.py" />
      <location filename="../../processing/consistency/fourwaycheck.py" />
      <location filename="../../processing/consistency/summarytables.py" />
      <location filename="../../processing/enforcement/enforcementrates.py" />
      <location filename="../../processing/enforcement/idleland.py" />
      <location filename="../../processing/enforcement/permitconflicts.py" />
      <location filename="../../processing/grid/checkgrid.py" />
      <location filename="../../processing/grid/drawgrid.py" />
      <location filename="../../processing/grid/signcheck.py" />
      <location filename="../../processing/maps/atlas.py" />
      <source>Administrative units</source>
      <translation>行政区</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/coveragecheck.py" />
      <source>To see whether every plot lies in the unit that its code names, and which land of a unit is uncovered.</source>
      <translation>用于检查图斑是否在其代码所示的行政区内，以及行政区内哪些土地没有覆盖。</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/coveragecheck.py" />
      <source>Gaps are allowed</source>
      <translation>允许有缝隙</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/coveragecheck.py" />
      <source>Yes for farmland, which need not cover its village; no for a land survey, zones and units, which must.</source>
      <translation>永久基本农田选“是”，不必覆盖全村；地类图斑、责任区、行政区选“否”，必须全覆盖。</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/coveragecheck.py" />
      <source>Smallest overlap or gap to list (m²)</source>
      <translation>最小列出面积（平方米）</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/coveragecheck.py" />
      <source>Smaller ones are counted in one remark; 0 lists every one.</source>
      <translation>更小的重叠和缝隙只合计说明一次；0表示全部列出。</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/coveragecheck.py" />
      <source>Largest gap (m²)</source>
      <translation>最大缝隙面积（平方米）</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/coveragecheck.py" />
      <source>Larger ones are taken for land that is left out on purpose; 0 sets no limit.</source>
      <translation>更大的视为有意不覆盖的土地；0表示不限。</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/coveragecheck.py" />
      <source>Overlaps</source>
      <translation>重叠</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/coveragecheck.py" />
      <source>Gaps</source>
      <translation>缝隙</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/coveragecheck.py" />
      <source>Every piece of land that two plots share: both plots, area, and how they overlap (partly, a narrow strip, one inside the other, the same shape).</source>
      <translation>两个图斑重叠的每一处土地：两个图斑、面积，以及重叠方式（部分重叠、狭长条、一个在另一个之内、图形相同）。</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/coveragecheck.py" />
      <source>Every piece of land that no plot covers: unit, area, the plots around it, and whether plots enclose it or it lies at the edge of a unit. Empty where gaps are allowed.</source>
      <translation>没有图斑覆盖的每一处土地：行政区、面积、相邻图斑，以及四周是图斑还是位于行政区边缘。允许有缝隙时为空。</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/coveragecheck.py" />
      <source>Overlaps, gaps and shapes: check report</source>
      <translation>重叠、缝隙与图形检查报告</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/coveragecheck.py" />
      <source>yes</source>
      <translation>是</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/coveragecheck.py" />
      <source>no</source>
      <translation>否</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/ellipsoidalarea.py" />
      <source>Ellipsoidal area</source>
      <translation>椭球面积</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/ellipsoidalarea.py" />
      <source>Computes the area of every plot on the CGCS2000 ellipsoid by the State's own series, and compares it with the recorded area.

The features come out unchanged, with all their fields and the fields area_m2, area_mu, recorded_m2 and difference (recorded minus computed, m²) behind them. Areas are measured in the layer's own CRS: do not reproject before. A stray point, line or collection of shapes comes out without shape and area, and is a finding.</source>
      <translation>按国家规定的级数公式计算每个图斑在 CGCS2000 椭球上的面积，并与登记面积比较。

要素原样输出，保留全部字段，并在其后增加 area_m2、area_mu、recorded_m2 和 difference（登记减计算，平方米）字段。面积按图层自身坐标系量算：事先不要投影转换。混入的点、线、几何集合输出时不带图形和面积，并列为问题。</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/ellipsoidalarea.py" />
      <location filename="../../processing/grid/checkgrid.py" />
      <location filename="../../processing/grid/drawgrid.py" />
      <location filename="../../processing/grid/patrolcheck.py" />
      <location filename="../../ui/locator.py" />
      <source>Plots</source>
      <translation>图斑</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/ellipsoidalarea.py" />
      <source>Any polygon layer; curves are read as fine straight segments.</source>
      <translation>任意面图层；曲线按细密折线读取。</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/ellipsoidalarea.py" />
      <source>Field of the recorded area</source>
      <translation>登记面积字段</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/ellipsoidalarea.py" />
      <source>Empty: the standards' field is looked for, such as YJJBNTTBMJ, TBMJ or 图斑面积.</source>
      <translation>留空时按标准字段查找，如 YJJBNTTBMJ、TBMJ 或“图斑面积”。</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/ellipsoidalarea.py" />
      <source>Unit of the recorded area</source>
      <translation>登记面积的单位</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/ellipsoidalarea.py" />
      <source>Computation</source>
      <translation>计算方式</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/ellipsoidalarea.py" />
      <source>official: with every rounding that the rule asks for, to the cent. fast: the same series without them.</source>
      <translation>official：按规定逐步取舍，精确到 0.01 平方米。fast：同一级数，不作中间取舍。</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/ellipsoidalarea.py" />
      <source>Areas</source>
      <translation>面积</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/ellipsoidalarea.py" />
      <source>The plots with area_m2 (0.01 m²), area_mu (亩), recorded_m2 and difference.</source>
      <translation>图斑及其 area_m2（0.01 平方米）、area_mu（亩）、recorded_m2 和 difference。</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/fiveduties.py" />
      <source>Five duties: parcel, area, people, responsibility, atlas</source>
      <translation>五落实：地块、面积、人员、责任、图册</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/fiveduties.py" />
      <source>Tests whether every farmland plot has its parcel, its area, its responsible people, a responsibility letter in force and a page in the atlas (五落实).

A duty counts as met where the map or the register says so; where both say something and it differs, that is reported. A duty that no source can tell of is left empty and reported as not checked.</source>
      <translation>核查每个永久基本农田图斑是否落实了地块、面积、责任人、有效的责任书和图册页（五落实）。

图或册任何一方有记载即算落实；两者都有记载而不一致的，作为问题报告。没有任何来源可以说明的，留空并报告为未核查。</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/fiveduties.py" />
      <location filename="../../processing/consistency/fourwaycheck.py" />
      <location filename="../../processing/consistency/summarytables.py" />
      <location filename="../../processing/maps/atlas.py" />
      <source>Map</source>
      <translation>图</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/fiveduties.py" />
      <source>The farmland plots (YJJBNTTB or an older layer), with responsible people and periods if it has them.</source>
      <translation>永久基本农田图斑（YJJBNTTB 或旧版图层），如有责任人和保护期限则一并读取。</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/fiveduties.py" />
      <location filename="../../processing/consistency/fourwaycheck.py" />
      <location filename="../../processing/consistency/summarytables.py" />
      <source>Register</source>
      <translation>册</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/fiveduties.py" />
      <source>The plot register with people, responsibility letters and periods: spreadsheet, CSV or table.</source>
      <translation>含责任人、责任书和保护期限的图斑登记册：电子表格、CSV 或数据表。</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/fiveduties.py" />
      <location filename="../../processing/consistency/fourwaycheck.py" />
      <source>Area unit of the register</source>
      <translation>登记册的面积单位</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/fiveduties.py" />
      <source>Atlas index</source>
      <translation>图册目录</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/fiveduties.py" />
      <source>The pages of the printed atlas and what is on them, as the atlas tool writes them.</source>
      <translation>图册各页及页上图斑，即图册工具输出的目录。</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/fiveduties.py" />
      <location filename="../../processing/countyaudit.py" />
      <source>Responsibility must be in force on this day; empty is today.</source>
      <translation>责任书须在此日有效；留空为今天。</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/fiveduties.py" />
      <source>Duties of every plot</source>
      <translation>图斑落实情况</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/fiveduties.py" />
      <source>Duties by unit</source>
      <translation>分单位落实情况</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/fiveduties.py" />
      <source>The five duties of every plot: true, false, or empty where no source can tell.</source>
      <translation>每个图斑的五项落实情况：真、假，或无从判断时为空。</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/fiveduties.py" />
      <source>Plots and shares of the duties met (0–1), by county, township and village.</source>
      <translation>按县、乡镇、村统计的图斑数和落实比例（0–1）。</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/fourwaycheck.py" />
      <source>Map, table, register and plots agree</source>
      <translation>图、表、册、地块四统一核查</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/fourwaycheck.py" />
      <source>Compares the farmland map with the register, the summary table and the plots on the ground, plot by plot and unit by unit (四统一).

Looks for plots that one source has and another has not, plot numbers given twice, areas, land classes, units and owners that differ, shapes that moved, plots outside their unit, and sums that do not add up. What you do not give is reported as not checked.

Fields are found by the names of the standards and their usual variants; untidy spreadsheets with titles, merged headings, units in brackets and total rows are understood. The log says what was understood.</source>
      <translation>将永久基本农田图与登记册、汇总表、实地地块逐图斑、逐单位比对（四统一）。

查找一方有而另一方没有的图斑，重复的图斑编号，不一致的面积、地类、行政区和权属，移位或变形的图形，落在所属行政区之外的图斑，以及对不上的合计。未提供的资料报告为未核查。

按标准字段名及常见别名识别字段；带标题、合并表头、括号内单位和合计行的不规整表格也能读懂。日志说明如何理解了各项数据。</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/fourwaycheck.py" />
      <source>The farmland plots (YJJBNTTB or an older layer). Legal areas are measured in this layer's own CRS.</source>
      <translation>永久基本农田图斑（YJJBNTTB 或旧版图层）。法定面积按该图层自身坐标系量算。</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/fourwaycheck.py" />
      <source>The plot register: one row a plot, as a spreadsheet, CSV or table.</source>
      <translation>图斑登记册：每个图斑一行，可为电子表格、CSV 或数据表。</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/fourwaycheck.py" />
      <source>Summary table</source>
      <translation>汇总表</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/fourwaycheck.py" />
      <source>Areas by unit and land class, as a spreadsheet, CSV or table.</source>
      <translation>按行政区和地类汇总的面积，可为电子表格、CSV 或数据表。</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/fourwaycheck.py" />
      <source>Area unit of the summary table</source>
      <translation>汇总表的面积单位</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/fourwaycheck.py" />
      <source>Plots on the ground</source>
      <translation>实地地块</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/fourwaycheck.py" />
      <source>What was surveyed: polygons, or points that stand in the plots.</source>
      <translation>实地核查成果：面，或落在图斑内的点。</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/fourwaycheck.py" />
      <source>Townships or villages with their codes, to see if every plot lies in the unit that its code names.</source>
      <translation>带代码的乡镇或村，用于核查每个图斑是否位于其代码所示的行政区内。</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/fourwaycheck.py" />
      <location filename="../../processing/countyaudit.py" />
      <source>Share of plots that agree everywhere (0–1)</source>
      <translation>各方一致的图斑比例（0–1）</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/fourwaycheck.py" />
      <source>Status of every plot</source>
      <translation>图斑状态</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/fourwaycheck.py" />
      <source>Balance by unit</source>
      <translation>分单位核对</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/fourwaycheck.py" />
      <source>Every plot number of any source once: who has it, the areas, and how it stands.</source>
      <translation>各来源的图斑编号各列一次：何处有、各方面积及核查状态。</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/fourwaycheck.py" />
      <source>Counts and areas of every source by unit and land class, and the greatest difference.</source>
      <translation>各来源按行政区和地类统计的个数与面积，以及最大差值。</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/fourwaycheck.py" />
      <location filename="../../processing/countyaudit.py" />
      <source>Plots that agree in all sources given, divided by all plot numbers.</source>
      <translation>在所提供的各来源中均一致的图斑数，除以全部图斑编号数。</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/schemacheck.py" />
      <source>Structure and values against the standard</source>
      <translation>按标准核查结构与属性值</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/schemacheck.py" />
      <source>Tests a layer or table against the standard it should follow: fields that are missing, renamed, of another type or too short; values that are empty, cut off, out of range or in no code list; codes and names that do not fit together; areas that do not add up; characters that nobody sees.

What is wrong in nearly all rows is reported once for the field, with the number of rows. A repaired copy holds only repairs that are certain, and every one is listed; your data stays as it is.</source>
      <translation>按应执行的标准核查图层或数据表：缺少、改名、类型不符或长度不足的字段；为空、被截断、超出值域或不在代码表中的值；不相符的代码与名称；对不上的面积；看不见的字符。

几乎每行都有的问题按字段只报告一次，并注明行数。修复副本只含确定无疑的修复，并逐条列出；您的数据保持不变。</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/schemacheck.py" />
      <source>Layer or table</source>
      <translation>图层或数据表</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/schemacheck.py" />
      <source>Farmland plots, land use, monitoring polygons, units, a register or a summary table.</source>
      <translation>永久基本农田图斑、地类图斑、监测图斑、行政区、登记册或汇总表。</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/schemacheck.py" />
      <source>Standard</source>
      <translation>标准</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/schemacheck.py" />
      <source>auto takes the standard that the fields fit best. pbf2021 and pbf2013: farmland plots; sandiao2020 and erdiao2009: land survey (DLTB); yongtu2023: land and sea use; enforcement2026: monitoring polygons; the others: tables and layers of usage.</source>
      <translation>auto 取字段最相符的标准。pbf2021、pbf2013：永久基本农田图斑；sandiao2020、erdiao2009：土地调查地类图斑（DLTB）；yongtu2023：用地用海分类；enforcement2026：执法监测图斑；其余：日常使用的表格和图层。</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/schemacheck.py" />
      <source>Repaired copy</source>
      <translation>修复副本</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/schemacheck.py" />
      <source>List of repairs</source>
      <translation>修复清单</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/schemacheck.py" />
      <source>All features and fields of the input, personal data included, with certain repairs only: full-width letters and digits, hidden characters, blanks, “.0” in codes, names of land classes, deducted areas that all other figures contradict. Which of two figures is right is never decided.</source>
      <translation>输入的全部要素和字段（含个人信息），只作确定无疑的修复：全角字母和数字、隐藏字符、空格、代码中的“.0”、地类名称、与其他各数均相矛盾的扣除面积。两个数孰对孰错，不作判定。</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/schemacheck.py" />
      <source>Plot, field, value before and after of every repair.</source>
      <translation>每处修复的图斑、字段、修复前后的值。</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/schemacheck.py" />
      <source>The layer was changed while it was read. Run the tool again.</source>
      <translation>读取过程中图层被修改，请重新运行。</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/schemacheck.py" />
      <source>Structure and values: check report</source>
      <translation>结构与属性值核查报告</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/summarytables.py" />
      <source>Official tables from the map</source>
      <translation>由图生成法定表册</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/summarytables.py" />
      <source>Makes the official tables from the farmland map: the register of plots (现状登记表), the summary by land class, slope level and grade (现状汇总表) and the table of responsibilities (保护责任一览表).

Areas are added up exactly in m², rounded once and levelled (调平), so that every row and every column adds up to the last place. With the land survey (DLTB), classes and deducted ridges are taken from it; with the units' control areas, plots are first brought to them where only rounding is between them.

The workbook is ready to print and sign. Identity numbers, telephones and addresses are not read.</source>
      <translation>由永久基本农田图生成现状登记表、现状汇总表（按地类、坡度级、等别）和保护责任一览表。

面积以平方米精确汇总，一次换算取整并调平，各行各列之和与合计完全一致。提供地类图斑（DLTB）时，地类和田坎扣除取自地类图斑；提供控制面积时，仅在差值属取整误差的情况下先将图斑面积调平到控制面积。

工作簿可直接打印签字。不读取身份证件号码、电话和住址。</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/summarytables.py" />
      <source>The farmland plots (YJJBNTTB or an older layer). Their recorded areas count.</source>
      <translation>永久基本农田图斑（YJJBNTTB 或旧版图层），以登记面积为准。</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/summarytables.py" />
      <location filename="../../processing/maps/atlas.py" />
      <source>Land survey</source>
      <translation>土地调查</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/summarytables.py" />
      <source>The plots of the land survey (DLTB). Without it, the map's own classes and net areas count.</source>
      <translation>土地调查地类图斑（DLTB）。未提供时以图上的地类和净面积为准。</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/summarytables.py" />
      <source>Townships or villages with their names and, where known, the control areas of these plots.</source>
      <translation>乡镇或村及其名称；如有，则含这些图斑的控制面积。</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/summarytables.py" />
      <source>People, letters and periods of responsibility, where the map does not say who answers for a plot.</source>
      <translation>图上没有责任人、责任书编号和保护期时，取自登记册。</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/summarytables.py" />
      <source>Area unit of the tables</source>
      <translation>表册的面积单位</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/summarytables.py" />
      <source>m2, mu (亩) or ha; auto is mu. Plots are listed in m² and converted.</source>
      <translation>m2（平方米）、mu（亩）或 ha（公顷）；auto 为亩。图斑同时列出平方米和换算值。</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/summarytables.py" />
      <location filename="../../processing/maps/atlas.py" />
      <source>Name of the county</source>
      <translation>县名</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/summarytables.py" />
      <source>Stands in the titles, for example 示范县; names the county where the layers do not.</source>
      <translation>用于标题，例如“示范县”；图层里没有县名时，也是表中县一行的名称。</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/summarytables.py" />
      <source>Office</source>
      <translation>单位</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/summarytables.py" />
      <source>The reporting office, printed above the tables.</source>
      <translation>填报单位，印在表头上方。</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/summarytables.py" />
      <location filename="../../processing/countyaudit.py" />
      <source>Workbook</source>
      <translation>工作簿</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/summarytables.py" />
      <location filename="../../processing/countyaudit.py" />
      <source>Excel workbooks (*.xlsx)</source>
      <translation>Excel 工作簿 (*.xlsx)</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/summarytables.py" />
      <source>Summary by land class</source>
      <translation>按地类汇总</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/summarytables.py" />
      <source>Summary by slope level and grade</source>
      <translation>按坡度级别和等别汇总</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/summarytables.py" />
      <source>Register of plots</source>
      <translation>图斑登记表</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/summarytables.py" />
      <source>Table of responsibilities</source>
      <translation>保护责任一览表</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/summarytables.py" />
      <source>One row a unit and land class: exact area in m² and the levelled area as printed.</source>
      <translation>每个行政区、每个地类一行：精确的平方米面积和印出的调平面积。</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/summarytables.py" />
      <source>Cultivated land of every unit by slope level and by grade.</source>
      <translation>各行政区耕地按坡度级别和等别统计。</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/summarytables.py" />
      <source>One row a plot with its exact areas, and its farmland as printed.</source>
      <translation>每个图斑一行：精确面积，以及印出的永久基本农田面积。</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/summarytables.py" />
      <source>Who answers for every plot, by which letter and how long.</source>
      <translation>每个图斑的责任人、责任书和保护期限。</translation>
    </message>
    <message>
      <location filename="../../processing/consistency/summarytables.py" />
      <location filename="../../processing/countyaudit.py" />
      <source>All tables as forms with titles, totals and a line to sign, set up for printing.</source>
      <translation>全部表册，含标题、合计和签字栏，已设好打印版式。</translation>
    </message>
    <message>
      <location filename="../../processing/countyaudit.py" />
      <location filename="../../ui/run.py" />
      <source>County audit</source>
      <translation>县级核查</translation>
    </message>
    <message>
      <location filename="../../processing/countyaudit.py" />
      <source>Runs every check that your data allows, in one go, and keeps the results.

Give a folder (GeoPackage, Shapefile, FileGDB, Excel, CSV, however untidy) or layers of the project; the role of each is understood from its name and fields, and the log and the report say how. The results are one GeoPackage with styled layers, one report, and a record of the run.

Run again on the same GeoPackage, the audit keeps the status and the notes that people gave to findings, and says what is new, what is fixed and what came back.</source>
      <translation>一次运行数据所允许的全部核查，并保存结果。

给出一个文件夹（GeoPackage、Shapefile、FileGDB、Excel、CSV，再不规整也可以）或工程中的图层；按名称和字段判断各自的类别，日志和报告中予以说明。结果为一个带样式图层的 GeoPackage、一份报告和一条运行记录。

对同一 GeoPackage 再次运行时，保留人工填写的问题状态和备注，并指出新增、已整改和重新出现的问题。</translation>
    </message>
    <message>
      <location filename="../../processing/countyaudit.py" />
      <source>Findings, status of every plot, balance by unit, five duties, and the record of all runs.</source>
      <translation>问题、图斑状态、分单位核对、五落实以及历次运行记录。</translation>
    </message>
    <message>
      <location filename="../../processing/countyaudit.py" />
      <source>The number of this run in the results GeoPackage.</source>
      <translation>本次运行在结果 GeoPackage 中的编号。</translation>
    </message>
    <message>
      <location filename="../../processing/countyaudit.py" />
      <source>Folder of data</source>
      <translation>数据文件夹</translation>
    </message>
    <message>
      <location filename="../../processing/countyaudit.py" />
      <source>Everything below it is looked at. Nothing in it is changed.</source>
      <translation>查看其下全部文件，不作任何修改。</translation>
    </message>
    <message>
      <location filename="../../processing/countyaudit.py" />
      <source>Layers</source>
      <translation>图层</translation>
    </message>
    <message>
      <location filename="../../processing/countyaudit.py" />
      <source>Instead of a folder, or beside it. With neither, all layers of the project are looked at.</source>
      <translation>代替文件夹，或与其并用。两者均未给出时查看工程中的全部图层。</translation>
    </message>
    <message>
      <location filename="../../processing/countyaudit.py" />
      <source>Files</source>
      <translation>文件</translation>
    </message>
    <message>
      <location filename="../../processing/countyaudit.py" />
      <source>Single files (workbooks, GeoPackages, Shapefiles) beside the layers or the folder.</source>
      <translation>图层或文件夹之外的单个文件（工作簿、GeoPackage、Shapefile）。</translation>
    </message>
    <message>
      <location filename="../../processing/countyaudit.py" />
      <location filename="../../ui/run.py" />
      <source>Name of this run</source>
      <translation>本次运行名称</translation>
    </message>
    <message>
      <location filename="../../processing/countyaudit.py" />
      <source>What you will know the run by, for example “before the May inspection”.</source>
      <translation>便于日后辨认，例如“五月检查之前”。</translation>
    </message>
    <message>
      <location filename="../../processing/countyaudit.py" />
      <location filename="../../ui/run.py" />
      <source>Results</source>
      <translation>结果</translation>
    </message>
    <message>
      <location filename="../../processing/countyaudit.py" />
      <location filename="../../ui/panel.py" />
      <location filename="../../ui/run.py" />
      <location filename="../../ui/runs.py" />
      <source>GeoPackage files (*.gpkg)</source>
      <translation>GeoPackage 文件 (*.gpkg)</translation>
    </message>
    <message>
      <location filename="../../processing/countyaudit.py" />
      <source>The official tables of the map, levelled and ready to sign; see “Official tables from the map”.</source>
      <translation>由图生成、已调平、可签字上报的法定表册，见“由图生成法定表册”。</translation>
    </message>
    <message>
      <location filename="../../processing/countyaudit.py" />
      <source>Number of the run</source>
      <translation>运行编号</translation>
    </message>
    <message>
      <location filename="../../processing/countyaudit.py" />
      <source>Roles of sources</source>
      <translation>数据的角色</translation>
    </message>
    <message>
      <location filename="../../processing/countyaudit.py" />
      <source>“role = source” a line, for what is not understood by itself, for example “map = 图斑.gpkg|TB”; nothing behind the sign leaves the role out.</source>
      <translation>未能自动识别的，每行写“角色 = 数据”，如“map = 图斑.gpkg|TB”；等号后留空表示不用这一角色。</translation>
    </message>
    <message>
      <location filename="../../processing/countyaudit.py" />
      <source>Meanings of fields</source>
      <translation>字段含义</translation>
    </message>
    <message>
      <location filename="../../processing/countyaudit.py" />
      <source>“role.column = field” a line, for example “register.area = 面积2”.</source>
      <translation>每行写“角色.列 = 字段”，如“register.area = 面积2”。</translation>
    </message>
    <message>
      <location filename="../../processing/countyaudit.py" />
      <location filename="../../ui/run.py" />
      <source>Checks</source>
      <translation>核查项目</translation>
    </message>
    <message>
      <location filename="../../processing/countyaudit.py" />
      <source>Ids of the checks to run, parted by commas; empty for all.</source>
      <translation>要做的核查的标识，用逗号分隔；留空为全部。</translation>
    </message>
    <message>
      <location filename="../../processing/countyaudit.py" />
      <source>Only findings of these units</source>
      <translation>只列这些行政区的问题</translation>
    </message>
    <message>
      <location filename="../../processing/countyaudit.py" />
      <source>Codes of units, parted by commas; units below them are meant as well.</source>
      <translation>行政区代码，用逗号分隔；包含其下级。</translation>
    </message>
    <message>
      <location filename="../../processing/countyaudit.py" />
      <source>Only findings within</source>
      <translation>只列此范围内的问题</translation>
    </message>
    <message>
      <location filename="../../processing/countyaudit.py" />
      <source>All plots are looked at, and only what is wrong there is told.</source>
      <translation>核查全部图斑，只列出该范围内的问题。</translation>
    </message>
    <message>
      <location filename="../../processing/countyaudit.py" />
      <location filename="../../ui/run.py" />
      <source>Only findings of selected features</source>
      <translation>只列所选要素的问题</translation>
    </message>
    <message>
      <location filename="../../processing/countyaudit.py" />
      <source>All plots are looked at, and only what is wrong with features selected in the project.</source>
      <translation>核查全部图斑，只列出工程中所选要素的问题。</translation>
    </message>
    <message>
      <location filename="../../processing/countyaudit.py" />
      <source>Redline report</source>
      <translation>耕地红线核查报告</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/enforcementrates.py" />
      <source>Rates of enforcement by unit</source>
      <translation>违法占耕比与执法指标</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/enforcementrates.py" />
      <source>Works out the illegal share of cultivated land (违法占耕比) before and after deduction, and the filing, decision, closing and rectification rates of every county, township and village, and holds them against their lines.

Every rate comes with its numerator, its denominator, what was deducted and the definition it follows; lines are compared exactly, to the hundredth of a square metre. Cases are joined to polygons by number, else by place; what has no other side, and days of a case that cannot be so, are findings.</source>
      <translation>按县、乡镇、村计算扣减前后的违法占耕比，以及立案率、查处率、结案率、整改率等，并与控制线比较。

每项指标都给出分子、分母、扣减数和所用口径；与控制线的比较精确到0.01平方米。案件按图斑编号对应，没有编号的按位置对应；案件与图斑互相缺失、案件日期先后矛盾的，列为问题。</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/enforcementrates.py" />
      <source>Violations</source>
      <translation>违法图斑</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/enforcementrates.py" />
      <source>Monitored polygons with a judgement (合法, 违法, 其他) and their cultivated area, or the violations that “Permits, violations and farmland” gives. Without them the ledger's own areas are counted.</source>
      <translation>带合法性判定（合法、违法、其他）和耕地面积的监测图斑，或“批与违核查”输出的违法图斑。不提供时按台账面积统计。</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/enforcementrates.py" />
      <source>Cases</source>
      <translation>案件台账</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/enforcementrates.py" />
      <source>The ledger of cases: number, violation, days of discovery, filing, decision, closing and putting right, areas and fines. A table, or a layer of points or polygons.</source>
      <translation>案件台账：案件编号、图斑编号，发现、立案、处罚决定、结案、整改日期，面积和罚款。可以是表格，也可以是点或面图层。</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/enforcementrates.py" />
      <source>Area unit of the cases</source>
      <translation>案件台账面积单位</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/enforcementrates.py" />
      <source>New construction land</source>
      <translation>新增建设用地</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/enforcementrates.py" />
      <source>New construction land of the year with its cultivated part, by unit or polygon by polygon: what the ratio is divided by.</source>
      <translation>当年新增建设用地及其占用耕地面积，分单位的表格或逐图斑的图层，作为占耕比的分母。</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/enforcementrates.py" />
      <source>Area unit of the new construction land</source>
      <translation>新增建设用地面积单位</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/enforcementrates.py" />
      <source>Names of the units; polygons also tell where violations lie that bear no village's code.</source>
      <translation>提供单位名称；面图层还用于确定没有村级代码的图斑位于哪个村。</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/enforcementrates.py" />
      <source>Definition of the ratio</source>
      <translation>占耕比口径</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/enforcementrates.py" />
      <source>county15_town8: 15 % and more for counties, over 8 % for townships, of the cultivated land that new construction takes. national15, town8: one of these lines for both. national15_pending: with land approved before and built this year. town8_total: of all new construction land. monitored15: of the monitored polygons alone; partly restored land counts as deducted.</source>
      <translation>county15_town8：县达到15%、乡镇超过8%，分母为新增建设用地占用耕地面积。national15、town8：县、乡镇用同一条线。national15_pending：分母含往年批而未用本年建设。town8_total：分母为新增建设用地总面积。monitored15：分母为监测图斑占用耕地面积，部分复耕的按面积扣减。</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/enforcementrates.py" />
      <source>Line of your own (%)</source>
      <translation>自定控制线（%）</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/enforcementrates.py" />
      <source>Instead of the definition's line, such as 5 or 10; 0 keeps the definition's.</source>
      <translation>代替口径中的控制线，如5或10；0表示不变。</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/enforcementrates.py" />
      <source>Year</source>
      <translation>年度</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/enforcementrates.py" />
      <source>Only violations, cases and new construction of this year; 0 takes all.</source>
      <translation>只统计该年度的图斑、案件和新增建设用地；0表示全部。</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/enforcementrates.py" />
      <source>What happened later does not count; empty is today.</source>
      <translation>此日之后的事项不计；不填为今天。</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/enforcementrates.py" />
      <source>Smallest violation to be filed (m²)</source>
      <translation>应立案图斑的最小面积（平方米）</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/enforcementrates.py" />
      <source>Smaller polygons without a case are not missed in the filing rate.</source>
      <translation>小于此面积而无案件的图斑不计入应立案数。</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/enforcementrates.py" />
      <source>Illegal share of cultivated land (0–1)</source>
      <translation>违法占耕比（0–1）</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/enforcementrates.py" />
      <source>Illegal share of cultivated land after deduction (0–1)</source>
      <translation>扣减后违法占耕比（0–1）</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/enforcementrates.py" />
      <source>Filing rate (0–1)</source>
      <translation>立案率（0–1）</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/enforcementrates.py" />
      <source>Rectification rate (0–1)</source>
      <translation>整改率（0–1）</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/enforcementrates.py" />
      <source>Rates by unit</source>
      <translation>分单位执法指标</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/enforcementrates.py" />
      <source>One row a unit and rate: both numbers, what was deducted, the share, the line and whether it is crossed. A share is empty where the denominator is zero. Rates with a line have the unit's shape.</source>
      <translation>每个单位每项指标一行：分子、分母、扣减、比例、控制线、是否超线。分母为零时比例为空。有控制线的指标带单位图形。</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/enforcementrates.py" />
      <source>Give violations, cases, or both.</source>
      <translation>请提供违法图斑或案件台账，或两者都提供。</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/enforcementrates.py" />
      <source>Rates of enforcement: check report</source>
      <translation>执法指标核查报告</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/idleland.py" />
      <source>Unsupplied and idle land</source>
      <translation>批而未供与闲置土地</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/idleland.py" />
      <source>Tells which approved land was not supplied (批而未供), which supplied land was not begun (供而未用), and which land is idle by law (闲置): not begun within a year of the agreed day, or stopped for a year with less than a third of the area developed or a quarter of the investment made.

Idle land owes a fee of 20 % of its price; never begun for two years, it may be taken back without compensation. A cause of the government or force majeure excuses. Years are calendar years, shares are compared exactly; what lacks its dates is said to be unknown, never guessed.</source>
      <translation>查出批而未供、供而未用的土地，并按《闲置土地处置办法》认定闲置：超过约定动工日期满一年未动工，或已动工面积不足三分之一、已投资不足25%且中止开发满一年。

闲置土地按价款的20%征缴闲置费，未动工满两年的可无偿收回；政府原因、不可抗力造成的除外。年限按日历年计算，占比精确比较；日期不全的标为无法判断，不作猜测。</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/idleland.py" />
      <location filename="../../processing/enforcement/permitconflicts.py" />
      <location filename="../../processing/enforcement/siteprecheck.py" />
      <location filename="../../processing/maps/atlas.py" />
      <source>Permits</source>
      <translation>审批</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/idleland.py" />
      <source>Approved construction land with number, day of approval, status and area.</source>
      <translation>批准的建设用地：编号、批准文号、批准日期、状态、面积。</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/idleland.py" />
      <source>Contracts</source>
      <translation>供地合同</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/idleland.py" />
      <source>Contracts of sale or decisions of allocation: number, permit, agreed and actual start, day on which work stopped, area and investment due and made, price, cause. A table, or a layer of polygons.</source>
      <translation>出让合同或划拨决定书：编号、批准文号、约定和实际动工日期、中止开发日期、应开发和已开发面积、总投资和已投资、价款、原因。可以是表格，也可以是面图层。</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/idleland.py" />
      <source>Area unit of the contracts</source>
      <translation>合同面积单位</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/idleland.py" />
      <source>Built-up land</source>
      <translation>已建成范围</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/idleland.py" />
      <source>Buildings or a land survey, of which construction land counts: what is developed of contracts' land.</source>
      <translation>建筑物或地类图斑（只计建设用地），用于判断合同范围内已开发的面积。</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/idleland.py" />
      <source>Names of the units; polygons also tell in which village land lies.</source>
      <translation>提供单位名称；面图层还用于确定土地位于哪个村。</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/idleland.py" />
      <source>Years are counted up to this day; empty is today.</source>
      <translation>计算到这一天；不填为今天。</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/idleland.py" />
      <source>Years to supply approved land</source>
      <translation>批准后应供应的年限</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/idleland.py" />
      <source>Approved land that was not supplied within so many years is told.</source>
      <translation>批准后超过此年限仍未供应的，列为问题。</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/idleland.py" />
      <source>Number of idle sites that owe a fee</source>
      <translation>应征缴闲置费的宗数</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/idleland.py" />
      <source>Number of idle sites that may be taken back</source>
      <translation>可无偿收回的宗数</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/idleland.py" />
      <source>Number of permits whose land was not supplied</source>
      <translation>批而未供的批准用地数</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/idleland.py" />
      <source>State of the land</source>
      <translation>用地状态</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/idleland.py" />
      <source>One row a contract and a permit: its state, the consequence and the fee, shares of area and investment, days idle and the cause.</source>
      <translation>每个合同、每块批准用地一行：状态、处置方式、闲置费、面积和投资占比、闲置天数和原因。</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/idleland.py" />
      <source>Give permits, contracts, or both.</source>
      <translation>请提供批准用地或供地合同，或两者都提供。</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/idleland.py" />
      <source>Unsupplied and idle land: check report</source>
      <translation>批而未供与闲置土地核查报告</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/permitconflicts.py" />
      <source>Permits, violations and farmland</source>
      <translation>批与违核查</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/permitconflicts.py" />
      <source>Lays changes on permits, applications, permanent basic farmland and land use, and says of every change what the law calls it: without a permit, under application, beyond the permit, on basic farmland, used otherwise, temporary use run out, permitted; with the area that each is about.

The pieces are disjoint and add up to the change's own area to the cent. What missing days leave open is called undecided, never guessed; borders drawn twice raise no alarm. Permits are told what became of them.</source>
      <translation>将变化（违法）图斑与审批、申请、永久基本农田、地类图斑叠加，逐个认定：未批先用、边报边用、批少占多、占用永久基本农田、擅自改变用途、临时用地逾期、合法，并给出各项面积。

切分后的碎块互不重叠，面积之和与图斑面积一分不差。日期缺失无法判断的记为“无法判定”，绝不猜测；两次勾绘造成的边界出入不报警。同时给出每宗审批的使用情况。</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/permitconflicts.py" />
      <source>Changes or violations</source>
      <translation>变化图斑或违法图斑</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/permitconflicts.py" />
      <source>Monitoring polygons or violations, with the days of the earlier and the later image.</source>
      <translation>监测图斑或违法图斑，带前、后时相日期。</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/permitconflicts.py" />
      <source>What was approved, with day, number and purpose of the approval, and the last day of temporary uses.</source>
      <translation>已批准的用地：批准日期、文号、用途；临时用地带到期日期。</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/permitconflicts.py" />
      <source>Applications</source>
      <translation>申请</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/permitconflicts.py" />
      <source>What was applied for and is not approved; permits whose status says so count as well.</source>
      <translation>已申请、尚未批准的用地；审批图层中状态为在办的也计入。</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/permitconflicts.py" />
      <location filename="../../processing/enforcement/siteprecheck.py" />
      <source>Permanent basic farmland</source>
      <translation>永久基本农田</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/permitconflicts.py" />
      <source>The farmland plots (YJJBNTTB or an older layer), with recorded areas and deduction factors.</source>
      <translation>永久基本农田图斑（YJJBNTTB或旧图层），带登记面积和扣除系数。</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/permitconflicts.py" />
      <location filename="../../processing/enforcement/siteprecheck.py" />
      <source>Land use</source>
      <translation>地类图斑</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/permitconflicts.py" />
      <source>The land survey (DLTB) before the changes, for areas by class and cultivated land.</source>
      <translation>变化之前的地类图斑（DLTB），用于计算各地类和耕地面积。</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/permitconflicts.py" />
      <source>To tell in which village every change lies.</source>
      <translation>用于确定图斑所在的村。</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/permitconflicts.py" />
      <location filename="../../processing/enforcement/siteprecheck.py" />
      <source>Plan zones</source>
      <translation>规划分区</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/permitconflicts.py" />
      <source>Zones of construction control (JSYDGZQ) or the growth boundary (CZKFBJ), to test permits against.</source>
      <translation>建设用地管制区（JSYDGZQ）或城镇开发边界（CZKFBJ），用于核查审批是否符合规划。</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/permitconflicts.py" />
      <source>Smallest uncovered area (m²)</source>
      <translation>未批面积下限（平方米）</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/permitconflicts.py" />
      <source>An uncovered area of no more than this, or than the share below, is none; the greater of both decides.</source>
      <translation>未批面积不超过此值或下面的占比时不计，两者取大。</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/permitconflicts.py" />
      <source>Smallest uncovered share (%)</source>
      <translation>未批占比下限（%）</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/permitconflicts.py" />
      <source>Of the change's own area.</source>
      <translation>占图斑自身面积的比例。</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/permitconflicts.py" />
      <location filename="../../processing/enforcement/siteprecheck.py" />
      <source>Edge tolerance (m)</source>
      <translation>边界容差（米）</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/permitconflicts.py" />
      <location filename="../../processing/enforcement/siteprecheck.py" />
      <source>What is nowhere wider than this comes from borders drawn twice, and raises no alarm.</source>
      <translation>处处不宽于此值的碎条视为两次勾绘的边界出入，不报警。</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/permitconflicts.py" />
      <source>Years after which an unused permit is told</source>
      <translation>批而未用年限</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/permitconflicts.py" />
      <source>Counted from the day of approval to the day below.</source>
      <translation>自批准日期至下面的日期计算。</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/permitconflicts.py" />
      <source>Used share below which a permit counts as unused (0–1)</source>
      <translation>批而未用的使用占比上限（0–1）</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/permitconflicts.py" />
      <source>Used is what changes have taken or the land use calls construction land.</source>
      <translation>已使用指已有变化图斑，或地类图斑为建设用地的部分。</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/permitconflicts.py" />
      <source>The day to which the years of permits are counted; empty is today.</source>
      <translation>批准年数计算到这一天；空着就是今天。</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/permitconflicts.py" />
      <source>Changes judged</source>
      <translation>图斑认定结果</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/permitconflicts.py" />
      <source>Pieces of the changes</source>
      <translation>图斑切分碎块</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/permitconflicts.py" />
      <source>Permits and their use</source>
      <translation>审批及使用情况</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/permitconflicts.py" />
      <source>Changes by unit</source>
      <translation>分行政区图斑统计</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/permitconflicts.py" />
      <source>Every change with its labels, permitted and uncovered area, basic farmland by the recorded-area rule, cultivated land, areas by the three big classes, and the bars for a report that it passes. Its permits are all approved ones that lie on it, also those that came after the change and do not make it legal.</source>
      <translation>每个图斑的认定、已批和未批面积、永久基本农田（按登记面积规则）、耕地、三大类面积，以及达到的报告标准。“相关审批”列出压在图斑上的各宗已批准审批，变化之后才批的也在内，并不使其合法。</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/permitconflicts.py" />
      <source>One row a disjoint piece: change × permit × farmland plot, with areas that add up.</source>
      <translation>一行一个互不重叠的碎块：图斑×审批×永久基本农田图斑，面积之和等于图斑面积。</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/permitconflicts.py" />
      <source>Every permit with its drawn, approved and used area, and the basic farmland in it by the recorded-area rule: used, partly used, unused, idle; empty for one that was rejected or has lapsed.</source>
      <translation>每宗审批的图形面积、批准面积、已用面积和范围内的永久基本农田（按登记面积规则）：已使用、部分使用、未使用、批而未用；被驳回或已失效的为空。</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/permitconflicts.py" />
      <source>Number, areas and labels of the changes by county, township and village.</source>
      <translation>县、乡镇、村的图斑个数、面积和各类认定。</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/permitconflicts.py" />
      <source>Permits, violations and farmland: check report</source>
      <translation>批与违核查报告</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/siteprecheck.py" />
      <source>Pre-check of a site</source>
      <translation>选址预审</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/siteprecheck.py" />
      <source>Says at once what a proposed site touches: permanent basic farmland, ecological red lines, land classes, plan zones and permits, each in m², 亩 and share. Basic farmland is by the recorded-area rule, as it is for changes and permits: a plot that is taken whole counts with its recorded area, a part with its own area less field ridges.

It also says how far the site would have to move to take no basic farmland and no red line, and what is left of it where these are cut off.</source>
      <translation>立即给出拟选址范围占压的永久基本农田、生态保护红线、各地类、规划分区和已有审批，各有平方米、亩和占比。永久基本农田与图斑、审批一样按登记面积规则计算：整块占用的图斑取登记面积，部分占用的按所占面积扣除田坎。

并给出最少移动多少米即可完全避让永久基本农田和红线，以及扣除占压部分后还剩多少。</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/siteprecheck.py" />
      <source>Proposed sites</source>
      <translation>拟选址范围</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/siteprecheck.py" />
      <source>One or several polygons, drawn by hand or given.</source>
      <translation>一个或多个面，手绘或已有均可。</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/siteprecheck.py" />
      <source>What the site should not take.</source>
      <translation>选址不应占用的永久基本农田。</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/siteprecheck.py" />
      <source>The land survey (DLTB), for areas by class.</source>
      <translation>地类图斑（DLTB），用于统计各地类面积。</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/siteprecheck.py" />
      <source>Where the plan lets build (JSYDGZQ, CZKFBJ).</source>
      <translation>规划允许建设的范围（JSYDGZQ、CZKFBJ）。</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/siteprecheck.py" />
      <source>Ecological red lines</source>
      <translation>生态保护红线</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/siteprecheck.py" />
      <source>Red lines (STBHHX) and nature reserves.</source>
      <translation>生态保护红线（STBHHX）和自然保护地。</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/siteprecheck.py" />
      <source>What is permitted already.</source>
      <translation>已经批准的用地。</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/siteprecheck.py" />
      <source>How far a place for the site is looked for (m)</source>
      <translation>搜索避让位置的范围（米）</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/siteprecheck.py" />
      <source>The least shift that clears basic farmland and red lines is looked for within this distance.</source>
      <translation>在此距离内搜索可避让永久基本农田和红线的最小移动。</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/siteprecheck.py" />
      <source>Pieces of the site</source>
      <translation>选址切分碎块</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/siteprecheck.py" />
      <source>What the site touches</source>
      <translation>选址占压统计</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/siteprecheck.py" />
      <source>Ways out</source>
      <translation>避让方案</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/siteprecheck.py" />
      <source>Disjoint pieces: farmland plot, red line, land class, plan zone and permit of each; its area as drawn, and the basic farmland in it by the recorded-area rule.</source>
      <translation>互不重叠的碎块，各有永久基本农田图斑、红线、地类、规划分区和审批，以及图形面积和其中的永久基本农田（按登记面积规则）。</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/siteprecheck.py" />
      <source>Area as drawn in m² and 亩, and share of the site, by theme and name; of farmland plots also the basic farmland by the recorded-area rule.</source>
      <translation>按主题和名称的图形面积（平方米、亩）及占比；永久基本农田图斑另有永久基本农田面积（按登记面积规则）。</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/siteprecheck.py" />
      <source>The least shift that clears, and the site without basic farmland and red lines.</source>
      <translation>可避让的最小移动，以及扣除永久基本农田和红线后的范围。</translation>
    </message>
    <message>
      <location filename="../../processing/enforcement/siteprecheck.py" />
      <source>Pre-check of a site: report</source>
      <translation>选址预审报告</translation>
    </message>
    <message>
      <location filename="../../processing/exchange/readcoordinatetxt.py" />
      <source>Boundary-point text files to a layer</source>
      <translation>界址点坐标txt转图层</translation>
    </message>
    <message>
      <location filename="../../processing/exchange/readcoordinatetxt.py" />
      <source>Reads boundary-point files (勘测定界界址点坐标 txt) in every usual form: any encoding, northing or easting first, with or without the zone's number, rings closed or open, holes and parts by where they lie.

What a file says of itself (points, area, zone) is held against what it holds. A broken file names its line; of several files the others are read all the same.</source>
      <translation>读取各种写法的勘测定界界址点坐标txt：任何编码，先北后东或颠倒，带不带带号，首尾点重不重复，孔洞与多部件按位置判断。

文件自称的点数、面积、带号与实际内容逐一对照。损坏的文件指明行号；多个文件时其余文件照常读取。</translation>
    </message>
    <message>
      <location filename="../../processing/exchange/readcoordinatetxt.py" />
      <source>One feature a parcel: its texts, declared and plane area in m², and what does not fit.</source>
      <translation>一个地块一个要素：各项文字、声明面积与平面面积（平方米），以及不符之处。</translation>
    </message>
    <message>
      <location filename="../../processing/exchange/readcoordinatetxt.py" />
      <source>Text file</source>
      <translation>文本文件</translation>
    </message>
    <message>
      <location filename="../../processing/exchange/readcoordinatetxt.py" />
      <source>Text files (*.txt)</source>
      <translation>文本文件 (*.txt)</translation>
    </message>
    <message>
      <location filename="../../processing/exchange/readcoordinatetxt.py" />
      <source>One file; or several below, or a folder.</source>
      <translation>单个文件；也可在下面选多个文件或文件夹。</translation>
    </message>
    <message>
      <location filename="../../processing/exchange/readcoordinatetxt.py" />
      <source>Several text files</source>
      <translation>多个文本文件</translation>
    </message>
    <message>
      <location filename="../../processing/exchange/readcoordinatetxt.py" />
      <source>Folder of text files</source>
      <translation>文本文件所在文件夹</translation>
    </message>
    <message>
      <location filename="../../processing/exchange/readcoordinatetxt.py" />
      <location filename="../../processing/exchange/writecoordinatetxt.py" />
      <source>Which coordinate stands first</source>
      <translation>坐标顺序</translation>
    </message>
    <message>
      <location filename="../../processing/exchange/readcoordinatetxt.py" />
      <source>auto tells by the size of the numbers; the printed rule has the northing (X) first.</source>
      <translation>auto按数值大小判断；规定为先北坐标（X）后东坐标。</translation>
    </message>
    <message>
      <location filename="../../processing/exchange/readcoordinatetxt.py" />
      <source>Coordinate system where the files name none</source>
      <translation>文件未注明坐标系时采用</translation>
    </message>
    <message>
      <location filename="../../processing/exchange/readcoordinatetxt.py" />
      <source>Files that name another system than the first one are moved into its.</source>
      <translation>与第一个文件坐标系不同的文件转换到其坐标系。</translation>
    </message>
    <message>
      <location filename="../../processing/exchange/readcoordinatetxt.py" />
      <source>Number of parcels</source>
      <translation>地块个数</translation>
    </message>
    <message>
      <location filename="../../processing/exchange/readcoordinatetxt.py" />
      <source>Number of problems</source>
      <translation>问题个数</translation>
    </message>
    <message>
      <location filename="../../processing/exchange/readcoordinatetxt.py" />
      <location filename="../../processing/exchange/writecoordinatetxt.py" />
      <source>Parcels</source>
      <translation>地块</translation>
    </message>
    <message>
      <location filename="../../processing/exchange/readcoordinatetxt.py" />
      <source>Boundary-point files: report</source>
      <translation>界址点文件核对报告</translation>
    </message>
    <message>
      <location filename="../../processing/exchange/writecoordinatetxt.py" />
      <source>Layer to boundary-point text files</source>
      <translation>图层转界址点坐标txt</translation>
    </message>
    <message>
      <location filename="../../processing/exchange/writecoordinatetxt.py" />
      <source>Writes polygons as boundary-point files (勘测定界界址点坐标 txt) by the printed rule: northing first, areas in hectares, outer rings clockwise from the north-western point, holes and parts as rings of their own.

The coordinates are those of the layer where this is in a Gauss-Krüger system of CGCS2000 or Xi'an 1980; any other layer needs such a system to be moved into.</source>
      <translation>按规定格式把面图层写成勘测定界界址点坐标txt：先北坐标后东坐标，面积以公顷计，外圈自西北角点起顺时针，孔洞与多部件各为一圈。

图层为2000国家大地坐标系或1980西安坐标系的高斯-克吕格投影时按原坐标写出；其他图层须选择转换到的坐标系。</translation>
    </message>
    <message>
      <location filename="../../processing/exchange/writecoordinatetxt.py" />
      <source>Folder of the files: one for all parcels, or one for each, called by its number and name.</source>
      <translation>输出文件夹：全部地块一个文件，或每个地块一个文件，以编号和名称命名。</translation>
    </message>
    <message>
      <location filename="../../processing/exchange/writecoordinatetxt.py" />
      <source>Field of the parcel's number</source>
      <translation>地块编号字段</translation>
    </message>
    <message>
      <location filename="../../processing/exchange/writecoordinatetxt.py" />
      <source>Field of the parcel's name</source>
      <translation>地块名称字段</translation>
    </message>
    <message>
      <location filename="../../processing/exchange/writecoordinatetxt.py" />
      <source>Field of the map sheet</source>
      <translation>图幅号字段</translation>
    </message>
    <message>
      <location filename="../../processing/exchange/writecoordinatetxt.py" />
      <source>Field of the purpose</source>
      <translation>地块用途字段</translation>
    </message>
    <message>
      <location filename="../../processing/exchange/writecoordinatetxt.py" />
      <source>Field of the land class</source>
      <translation>地类编码字段</translation>
    </message>
    <message>
      <location filename="../../processing/exchange/writecoordinatetxt.py" />
      <source>Decimals of the coordinates</source>
      <translation>坐标小数位数</translation>
    </message>
    <message>
      <location filename="../../processing/exchange/writecoordinatetxt.py" />
      <source>Encoding</source>
      <translation>编码</translation>
    </message>
    <message>
      <location filename="../../processing/exchange/writecoordinatetxt.py" />
      <source>Repeat the first point at the end</source>
      <translation>末尾重复首点</translation>
    </message>
    <message>
      <location filename="../../processing/exchange/writecoordinatetxt.py" />
      <source>All parcels in one file</source>
      <translation>全部地块写入一个文件</translation>
    </message>
    <message>
      <location filename="../../processing/exchange/writecoordinatetxt.py" />
      <source>Who made it</source>
      <translation>数据产生单位</translation>
    </message>
    <message>
      <location filename="../../processing/exchange/writecoordinatetxt.py" />
      <source>Made on the day</source>
      <translation>数据产生日期</translation>
    </message>
    <message>
      <location filename="../../processing/exchange/writecoordinatetxt.py" />
      <location filename="../../processing/maps/atlas.py" />
      <source>Empty is today.</source>
      <translation>空着就是今天。</translation>
    </message>
    <message>
      <location filename="../../processing/exchange/writecoordinatetxt.py" />
      <source>Version of the format</source>
      <translation>格式版本号</translation>
    </message>
    <message>
      <location filename="../../processing/exchange/writecoordinatetxt.py" />
      <source>Number of the zone before the easting</source>
      <translation>东坐标前的带号</translation>
    </message>
    <message>
      <location filename="../../processing/exchange/writecoordinatetxt.py" />
      <source>The printed rule has it (eight digits); as_layer leaves the coordinates as they are.</source>
      <translation>规定为带带号的8位东坐标；as_layer按图层坐标原样写出。</translation>
    </message>
    <message>
      <location filename="../../processing/exchange/writecoordinatetxt.py" />
      <source>Coordinate system of the files</source>
      <translation>成果文件坐标系</translation>
    </message>
    <message>
      <location filename="../../processing/exchange/writecoordinatetxt.py" />
      <source>A Gauss-Krüger system of CGCS2000 or Xi'an 1980; empty is the layer's own.</source>
      <translation>2000国家大地坐标系或1980西安坐标系的高斯-克吕格投影；空着即为图层坐标系。</translation>
    </message>
    <message>
      <location filename="../../processing/exchange/writecoordinatetxt.py" />
      <source>Folder of the files</source>
      <translation>输出文件夹</translation>
    </message>
    <message>
      <location filename="../../processing/exchange/writecoordinatetxt.py" />
      <source>Number of files</source>
      <translation>文件个数</translation>
    </message>
    <message>
      <location filename="../../processing/exports.py" />
      <source>“{path}” is none of the kinds that findings can be exported to: {kinds}.</source>
      <translation>“{path}”不是可导出的格式，可用的有：{kinds}。</translation>
    </message>
    <message>
      <location filename="../../processing/exports.py" />
      <source>{count} findings are more than a sheet of a workbook holds ({most}): filter them, or export a GeoPackage.</source>
      <translation>{count} 个问题超过一张工作表的行数上限（{most}）：请先筛选，或导出为 GeoPackage。</translation>
    </message>
    <message>
      <location filename="../../processing/expressions.py" />
      <source>The official ellipsoidal area of a polygon in m², to the hundredth (国土调查办发〔2008〕32号, TD/T 1055-2019).</source>
      <translation>多边形的法定椭球面积，平方米，保留两位小数（国土调查办发〔2008〕32号、TD/T 1055-2019）。</translation>
    </message>
    <message>
      <location filename="../../processing/expressions.py" />
      <source>a polygon</source>
      <translation>面</translation>
    </message>
    <message>
      <location filename="../../processing/expressions.py" />
      <source>its coordinate system; left out, the layer's</source>
      <translation>坐标系；省略时用图层的坐标系</translation>
    </message>
    <message>
      <location filename="../../processing/expressions.py" />
      <source>An area of m² in mu (亩): 1 mu = 2000/3 m². Rounded once, half away from zero.</source>
      <translation>平方米换算为亩：1亩=2000/3平方米，只舍入一次，四舍五入。</translation>
    </message>
    <message>
      <location filename="../../processing/expressions.py" />
      <source>an area in m²</source>
      <translation>面积，平方米</translation>
    </message>
    <message>
      <location filename="../../processing/expressions.py" />
      <source>decimals of the result, 2 where left out</source>
      <translation>小数位数，省略时为2</translation>
    </message>
    <message>
      <location filename="../../processing/expressions.py" />
      <source>The number of the GB/T 13989-2012 sheet on which a geometry lies, by its centroid or a point on it.</source>
      <translation>图形所在的标准图幅号（GB/T 13989-2012），按形心或图形上的一点判断。</translation>
    </message>
    <message>
      <location filename="../../processing/expressions.py" />
      <source>any geometry</source>
      <translation>任意图形</translation>
    </message>
    <message>
      <location filename="../../processing/expressions.py" />
      <source>1000000 … 500, 10000 where left out</source>
      <translation>比例尺分母，1000000至500，省略时为10000</translation>
    </message>
    <message>
      <location filename="../../processing/expressions.py" />
      <source>A text with identity-card and mobile numbers masked; all else, plot numbers too, stays.</source>
      <translation>隐去文字中的身份证号和手机号，其余（包括图斑编号）不变。</translation>
    </message>
    <message>
      <location filename="../../processing/expressions.py" />
      <source>any text</source>
      <translation>任意文字</translation>
    </message>
    <message>
      <location filename="../../processing/expressions.py" />
      <source>The name of an administrative unit by its code, as the layers of units in the project have it; NULL where none names it.</source>
      <translation>按代码查行政区名称，取自工程中的行政区图层；查不到时为NULL。</translation>
    </message>
    <message>
      <location filename="../../processing/expressions.py" />
      <source>a code of 6, 9, 12 or 19 digits, as text</source>
      <translation>6、9、12或19位代码，文本</translation>
    </message>
    <message>
      <location filename="../../processing/expressions.py" />
      <source>Redline: the coordinate system is not known.</source>
      <translation>耕地红线：无法识别坐标系。</translation>
    </message>
    <message>
      <location filename="../../processing/expressions.py" />
      <source>Redline: an area needs a polygon whose coordinates fit the coordinate system.</source>
      <translation>耕地红线：计算面积需要面，且坐标与坐标系相符。</translation>
    </message>
    <message>
      <location filename="../../processing/expressions.py" />
      <source>Redline: decimals are a whole number from 0 to 8.</source>
      <translation>耕地红线：小数位数应为0至8的整数。</translation>
    </message>
    <message>
      <location filename="../../processing/expressions.py" />
      <source>Redline: there are no sheets at 1:{scale}, but at {scales}.</source>
      <translation>耕地红线：没有1:{scale}的标准分幅，可用{scales}。</translation>
    </message>
    <message>
      <location filename="../../processing/expressions.py" />
      <source>Redline: this is no geometry, as $geometry is.</source>
      <translation>耕地红线：这不是图形，应为$geometry之类。</translation>
    </message>
    <message>
      <location filename="../../processing/expressions.py" />
      <source>Redline: there is no coordinate system “{name}”.</source>
      <translation>耕地红线：没有坐标系“{name}”。</translation>
    </message>
    <message>
      <location filename="../../processing/expressions.py" />
      <source>Redline: the layer has no coordinate system; name one, such as 'EPSG:4549'.</source>
      <translation>耕地红线：图层没有坐标系，请指明，例如'EPSG:4549'。</translation>
    </message>
    <message>
      <location filename="../../processing/expressions.py" />
      <source>Redline: “{value}” is no number.</source>
      <translation>耕地红线：“{value}”不是数字。</translation>
    </message>
    <message>
      <location filename="../../processing/expressions.py" />
      <source>Arguments</source>
      <translation>参数</translation>
    </message>
    <message>
      <location filename="../../processing/expressions.py" />
      <source>Examples</source>
      <translation>示例</translation>
    </message>
    <message>
      <location filename="../../processing/grid/checkgrid.py" />
      <source>Check the responsibility zones</source>
      <translation>责任网格核查</translation>
    </message>
    <message>
      <location filename="../../processing/grid/checkgrid.py" />
      <source>Checks zones (责任网格) that anyone has drawn: do they tile their units without gap or overlap, level by level, do their codes begin with their unit's, does every plot lie in exactly one, and are the loads even?

With a roster: does someone answer for every zone, are all five things settled (五定: area, people, duties, tasks, rewards), who has no zone, and who has zones far apart? With the ledger of responsibility letters (责任书): which units of each level have signed none that is in force?</source>
      <translation>核查任何来源的责任网格：是否逐级无缝隙、无重叠地铺满行政区，网格代码前缀与行政区是否一致，每个图斑是否在且仅在一个网格内，工作量是否均衡。

提供责任人名单时：每个网格是否有人负责，五定（定区域、定人员、定职责、定任务、定奖惩）是否齐全，哪些人没有网格，哪些人的网格相距过远。提供责任书台账时：各级哪些单位没有签订有效的责任书。</translation>
    </message>
    <message>
      <location filename="../../processing/grid/checkgrid.py" />
      <location filename="../../processing/grid/drawgrid.py" />
      <location filename="../../processing/grid/patrolcheck.py" />
      <location filename="../../processing/maps/atlas.py" />
      <source>Zones</source>
      <translation>网格</translation>
    </message>
    <message>
      <location filename="../../processing/grid/checkgrid.py" />
      <source>Polygons with the zone's code, as “Draw the responsibility zones” gives them or as your office keeps them. Zones of several levels may stand in one layer.</source>
      <translation>带网格代码的面图层，可以是“划分责任网格”的结果，也可以是单位自有的网格图。一个图层中可以有多级网格。</translation>
    </message>
    <message>
      <location filename="../../processing/grid/checkgrid.py" />
      <source>What the zones must tile; without them the zones of the next higher level.</source>
      <translation>网格应当无缝铺满的行政区；未提供时以上一级网格为准。</translation>
    </message>
    <message>
      <location filename="../../processing/grid/checkgrid.py" />
      <source>Every plot must lie in one zone.</source>
      <translation>每个图斑应在且仅在一个网格内。</translation>
    </message>
    <message>
      <location filename="../../processing/grid/checkgrid.py" />
      <location filename="../../processing/grid/drawgrid.py" />
      <location filename="../../processing/grid/patrolcheck.py" />
      <location filename="../../processing/maps/atlas.py" />
      <source>Roster</source>
      <translation>责任人名单</translation>
    </message>
    <message>
      <location filename="../../processing/grid/checkgrid.py" />
      <location filename="../../processing/grid/drawgrid.py" />
      <source>People with the code or name of their zone or unit: post, role, telephone, duties, from when to when.</source>
      <translation>责任人及其网格或行政区的代码或名称：职务、角色、电话、职责、任期。</translation>
    </message>
    <message>
      <location filename="../../processing/grid/checkgrid.py" />
      <source>Responsibility letters</source>
      <translation>责任书台账</translation>
    </message>
    <message>
      <location filename="../../processing/grid/checkgrid.py" />
      <source>The ledger of letters: number, unit, from when to when. The levels from the highest to the lowest that it names are checked.</source>
      <translation>责任书签订台账：编号、责任单位、起止日期。从台账中出现的最高一级核查到最低一级。</translation>
    </message>
    <message>
      <location filename="../../processing/grid/checkgrid.py" />
      <source>People and letters are in force on this day; empty is today.</source>
      <translation>责任人和责任书以这一天是否有效为准；不填为今天。</translation>
    </message>
    <message>
      <location filename="../../processing/grid/checkgrid.py" />
      <source>Greatest distance between one person's zones (m)</source>
      <translation>同一责任人网格最大相距（米）</translation>
    </message>
    <message>
      <location filename="../../processing/grid/checkgrid.py" />
      <source>Zones of one person that lie farther apart are told.</source>
      <translation>同一人负责的网格相距超过此值时提示。</translation>
    </message>
    <message>
      <location filename="../../processing/grid/checkgrid.py" />
      <source>Greatest load, times the mean</source>
      <translation>最大工作量与平均值之比</translation>
    </message>
    <message>
      <location filename="../../processing/grid/checkgrid.py" />
      <source>Among the zones of one unit: of the recorded load, else the number of plots, else the area.</source>
      <translation>同一行政区的网格之间比较：优先用登记的工作量，其次图斑数，再次面积。</translation>
    </message>
    <message>
      <location filename="../../processing/grid/checkgrid.py" />
      <source>Smallest area to list (m²)</source>
      <translation>列出的最小面积（平方米）</translation>
    </message>
    <message>
      <location filename="../../processing/grid/checkgrid.py" />
      <source>Smaller overlaps and gaps are counted, not listed.</source>
      <translation>更小的重叠和缝隙只计数，不逐个列出。</translation>
    </message>
    <message>
      <location filename="../../processing/grid/checkgrid.py" />
      <location filename="../../processing/grid/drawgrid.py" />
      <source>Number of zones</source>
      <translation>网格数</translation>
    </message>
    <message>
      <location filename="../../processing/grid/checkgrid.py" />
      <source>Share of zones that someone answers for (0–1)</source>
      <translation>有责任人的网格占比（0–1）</translation>
    </message>
    <message>
      <location filename="../../processing/grid/checkgrid.py" />
      <source>Share of zones with all five duties (0–1)</source>
      <translation>五定齐全的网格占比（0–1）</translation>
    </message>
    <message>
      <location filename="../../processing/grid/checkgrid.py" />
      <source>Status of every zone</source>
      <translation>网格状态</translation>
    </message>
    <message>
      <location filename="../../processing/grid/checkgrid.py" />
      <source>One row a zone: plots and farmland in it, who answers for it, and which of the five duties are settled; empty where nothing was given to tell.</source>
      <translation>每个网格一行：其中的图斑数和永久基本农田面积、责任人、五定各项是否落实；资料中没有的项留空。</translation>
    </message>
    <message>
      <location filename="../../processing/grid/checkgrid.py" />
      <source>Responsibility zones: check report</source>
      <translation>责任网格核查报告</translation>
    </message>
    <message>
      <location filename="../../processing/grid/drawgrid.py" />
      <source>Draw the responsibility zones</source>
      <translation>划分责任网格</translation>
    </message>
    <message>
      <location filename="../../processing/grid/drawgrid.py" />
      <source>Draws the zones that people answer for (责任网格). A unit with more plots, farmland or roads than one person can look after is cut into the fewest zones that can hold it: each in one piece, as even and compact as the plots allow, with borders along plots, roads and rivers. No plot is cut.

The zones of a unit tile it without gap or overlap and share their vertices. Their codes, the village's and three digits from north-west to south-east, do not depend on the order of the features. People come from a roster; zones that nobody answers for are findings.</source>
      <translation>划分由专人负责的责任网格。图斑、耕地或线路超过一个人能看护的数量时，把行政区划成能容纳的最少网格：每个网格连成一片，在图斑允许的范围内尽量均衡、紧凑，界线沿图斑、道路和河流，不切割任何图斑。

同一行政区的网格不留缝隙、不重叠，共用界线顶点。网格代码为村代码加三位顺序号，由西北向东南编排，与要素顺序无关。责任人取自名单；无人负责的网格列为问题。</translation>
    </message>
    <message>
      <location filename="../../processing/grid/drawgrid.py" />
      <source>Villages, townships or several levels in one layer; the lowest are cut into zones. Several features with one code are one unit (飞地).</source>
      <translation>村、乡镇或多级行政区在同一图层均可，最低一级划分为网格。同一代码的多个要素视为一个行政区（飞地）。</translation>
    </message>
    <message>
      <location filename="../../processing/grid/drawgrid.py" />
      <source>The farmland plots. Each goes to the zone of the unit that most of it lies in.</source>
      <translation>永久基本农田图斑。每个图斑归入其大部分所在行政区的网格。</translation>
    </message>
    <message>
      <location filename="../../processing/grid/drawgrid.py" />
      <source>Units to cut</source>
      <translation>从哪一级划分</translation>
    </message>
    <message>
      <location filename="../../processing/grid/drawgrid.py" />
      <source>county, township, village or group; auto takes the lowest units that the layer has.</source>
      <translation>county（县）、township（乡镇）、village（村）或group（组）；auto取图层中最低一级。</translation>
    </message>
    <message>
      <location filename="../../processing/grid/drawgrid.py" />
      <source>Load</source>
      <translation>工作量</translation>
    </message>
    <message>
      <location filename="../../processing/grid/drawgrid.py" />
      <source>What one zone can hold: a number of plots, farmland in mu (亩), or the length of the lines in km.</source>
      <translation>一个网格能容纳的数量：图斑个数、基本农田亩数或线路千米数。</translation>
    </message>
    <message>
      <location filename="../../processing/grid/drawgrid.py" />
      <source>Greatest load of a zone</source>
      <translation>网格工作量上限</translation>
    </message>
    <message>
      <location filename="../../processing/grid/drawgrid.py" />
      <source>In plots, mu (亩) or km; 0 is the usual: 100 plots, 1500 mu, 15 km.</source>
      <translation>单位为个、亩或千米；0取常用值：100个图斑、1500亩、15千米。</translation>
    </message>
    <message>
      <location filename="../../processing/grid/drawgrid.py" />
      <source>Lines to follow</source>
      <translation>界线宜沿的线</translation>
    </message>
    <message>
      <location filename="../../processing/grid/drawgrid.py" />
      <source>Roads, rivers, canals: borders run along them where they are near. Their length is the load “length”.</source>
      <translation>道路、河流、沟渠：网格界线在其附近时沿线走；工作量为length时按其长度计。</translation>
    </message>
    <message>
      <location filename="../../processing/grid/drawgrid.py" />
      <source>People answer for their zones on this day; empty is today.</source>
      <translation>责任人在这一天应在任期内；留空为今天。</translation>
    </message>
    <message>
      <location filename="../../processing/grid/drawgrid.py" />
      <source>Show telephone numbers</source>
      <translation>显示电话号码</translation>
    </message>
    <message>
      <location filename="../../processing/grid/drawgrid.py" />
      <source>No: only their first digits are written.</source>
      <translation>否：只写出前几位。</translation>
    </message>
    <message>
      <location filename="../../processing/grid/drawgrid.py" />
      <source>Outlines of every level</source>
      <translation>各级界线</translation>
    </message>
    <message>
      <location filename="../../processing/grid/drawgrid.py" />
      <source>People of the zones</source>
      <translation>网格责任人</translation>
    </message>
    <message>
      <location filename="../../processing/grid/drawgrid.py" />
      <source>One row a zone: code, unit, name, a colour number other than its neighbours', official area, farmland, plots, load, the people who answer for it, perimeter, and a point inside for the label.</source>
      <translation>每个网格一行：代码、行政区、名称、与相邻网格不同的颜色号、椭球面积、基本农田面积、图斑数、工作量、责任人、周长，以及位于网格内的注记点。</translation>
    </message>
    <message>
      <location filename="../../processing/grid/drawgrid.py" />
      <source>The outlines of all levels, the greatest first, for maps: areas and counts are the sums of the zones.</source>
      <translation>各级行政区和网格的界线，从大到小，供制图用；面积和个数为所辖网格之和。</translation>
    </message>
    <message>
      <location filename="../../processing/grid/drawgrid.py" />
      <source>One row for each person and zone or unit, telephone numbers masked.</source>
      <translation>每个责任人与其网格或行政区一行，电话号码已遮蔽。</translation>
    </message>
    <message>
      <location filename="../../processing/grid/drawgrid.py" />
      <source>Responsibility zones: report</source>
      <translation>责任网格划分报告</translation>
    </message>
    <message>
      <location filename="../../processing/grid/patrolcheck.py" />
      <source>Check the patrols</source>
      <translation>巡查核查</translation>
    </message>
    <message>
      <location filename="../../processing/grid/patrolcheck.py" />
      <source>Counts the patrols of every zone in every calendar month against what is due, 8 where nobody says otherwise; zones without any appear too.

A patrol counts where its point or track lies in its zone, it has a day and a result, and stands in the log once. Told are patrols outside their zone, by people who are not on the roster, doubles, patrols faster than anyone moves, and violations that were stopped or reported too late.</source>
      <translation>按网格、按自然月统计巡查次数，与应巡次数（默认每月8次）比较；一次也没有巡查的网格同样列出。

巡查点或轨迹在网格内、有日期、有结果、在台账中只登记一次的才计数。不在网格内的巡查、不在名单中的人、重复登记、移动速度异常，以及违法行为制止或报告不及时的，都列为问题。</translation>
    </message>
    <message>
      <location filename="../../processing/grid/patrolcheck.py" />
      <source>Polygons with the zone's code.</source>
      <translation>带网格代码的面图层。</translation>
    </message>
    <message>
      <location filename="../../processing/grid/patrolcheck.py" />
      <source>Patrols</source>
      <translation>巡查记录</translation>
    </message>
    <message>
      <location filename="../../processing/grid/patrolcheck.py" />
      <source>The log, as points, tracks or a table: code or name of the zone, day, time, person, result, problem found, days of discovery, stopping and reporting. Patrols without a code belong to the zone that they lie in.</source>
      <translation>巡查台账，可以是点、轨迹线或表格：网格代码或名称、日期、时间、巡查人、结果、发现问题、发现日期、制止日期、报告日期。没有网格代码的按位置归入所在网格。</translation>
    </message>
    <message>
      <location filename="../../processing/grid/patrolcheck.py" />
      <source>The people of the zones; patrols by others are told.</source>
      <translation>网格责任人；名单以外的人巡查的列为问题。</translation>
    </message>
    <message>
      <location filename="../../processing/grid/patrolcheck.py" />
      <source>For the share of each zone's plots that patrols came near to.</source>
      <translation>用于计算巡查覆盖的图斑比例。</translation>
    </message>
    <message>
      <location filename="../../processing/grid/patrolcheck.py" />
      <source>Months</source>
      <translation>月份</translation>
    </message>
    <message>
      <location filename="../../processing/grid/patrolcheck.py" />
      <source>2026-03, 2026-01..2026-06, several parted by commas, or a year; empty takes the months of the log.</source>
      <translation>2026-03，2026-01..2026-06，多个用逗号分开，或写年份；不填为台账中的月份。</translation>
    </message>
    <message>
      <location filename="../../processing/grid/patrolcheck.py" />
      <source>Patrols due a month</source>
      <translation>每月应巡次数</translation>
    </message>
    <message>
      <location filename="../../processing/grid/patrolcheck.py" />
      <source>For every zone that “Patrols due by level” says nothing of.</source>
      <translation>用于“分级应巡次数”没有规定的网格。</translation>
    </message>
    <message>
      <location filename="../../processing/grid/patrolcheck.py" />
      <source>Patrols due by level</source>
      <translation>分级应巡次数</translation>
    </message>
    <message>
      <location filename="../../processing/grid/patrolcheck.py" />
      <source>Such as township=1, village=4. Outlines of these levels in the layer of zones are held to their own number; levels: county, township, village, group, zone.</source>
      <translation>如 township=1, village=4（也可写乡级、村级）。网格图层中这些级别的外廓按各自的次数考核；级别可用 county、township、village、group、zone。</translation>
    </message>
    <message>
      <location filename="../../processing/grid/patrolcheck.py" />
      <source>What is counted</source>
      <translation>计数方式</translation>
    </message>
    <message>
      <location filename="../../processing/grid/patrolcheck.py" />
      <source>patrols: each one; days: days with at least one.</source>
      <translation>patrols：按次数；days：按有巡查的天数。</translation>
    </message>
    <message>
      <location filename="../../processing/grid/patrolcheck.py" />
      <source>Tolerance (m)</source>
      <translation>容差（米）</translation>
    </message>
    <message>
      <location filename="../../processing/grid/patrolcheck.py" />
      <source>A patrol within this distance of its zone lies in it, a plot within it of a track was seen.</source>
      <translation>巡查位置距网格不超过此值视为在网格内，图斑距轨迹不超过此值视为已巡到。</translation>
    </message>
    <message>
      <location filename="../../processing/grid/patrolcheck.py" />
      <source>Greatest speed (km/h)</source>
      <translation>最大移动速度（千米/时）</translation>
    </message>
    <message>
      <location filename="../../processing/grid/patrolcheck.py" />
      <source>From one patrol of a person to the next, and along a track with times of beginning and end.</source>
      <translation>同一人相邻两次巡查之间，以及有起止时间的轨迹。</translation>
    </message>
    <message>
      <location filename="../../processing/grid/patrolcheck.py" />
      <source>Days to stop a violation</source>
      <translation>制止时限（天）</translation>
    </message>
    <message>
      <location filename="../../processing/grid/patrolcheck.py" />
      <source>From its discovery; what is not stopped yet counts up to the day of the check.</source>
      <translation>从发现之日起；尚未制止的算到核查日。</translation>
    </message>
    <message>
      <location filename="../../processing/grid/patrolcheck.py" />
      <source>Days to report a violation</source>
      <translation>报告时限（天）</translation>
    </message>
    <message>
      <location filename="../../processing/grid/patrolcheck.py" />
      <source>From its discovery.</source>
      <translation>从发现之日起。</translation>
    </message>
    <message>
      <location filename="../../processing/grid/patrolcheck.py" />
      <source>Months that are not over by then are not short; empty is today.</source>
      <translation>到这一天尚未结束的月份不算不足；不填为今天。</translation>
    </message>
    <message>
      <location filename="../../processing/grid/patrolcheck.py" />
      <source>Patrols done of those due (0–1)</source>
      <translation>巡田率：已巡次数÷应巡次数（0–1）</translation>
    </message>
    <message>
      <location filename="../../processing/grid/patrolcheck.py" />
      <source>Patrols done</source>
      <translation>已巡次数</translation>
    </message>
    <message>
      <location filename="../../processing/grid/patrolcheck.py" />
      <source>Patrols due</source>
      <translation>应巡次数</translation>
    </message>
    <message>
      <location filename="../../processing/grid/patrolcheck.py" />
      <source>Patrols that found something</source>
      <translation>发现问题的巡查数</translation>
    </message>
    <message>
      <location filename="../../processing/grid/patrolcheck.py" />
      <source>Cases filed of these</source>
      <translation>其中立案数</translation>
    </message>
    <message>
      <location filename="../../processing/grid/patrolcheck.py" />
      <source>Calendar of patrols</source>
      <translation>巡查日历</translation>
    </message>
    <message>
      <location filename="../../processing/grid/patrolcheck.py" />
      <source>One row a zone and month: patrols done and due, days with one, the share of the zone's plots that they came near to, and whether they are too few. Its style shows the last month; filter the layer to see another.</source>
      <translation>每个网格每月一行：已巡、应巡次数，巡查天数，巡查覆盖的图斑比例，是否不足。样式显示最后一个月；筛选图层可看其他月份。</translation>
    </message>
    <message>
      <location filename="../../processing/grid/patrolcheck.py" />
      <source>Patrols: check report</source>
      <translation>巡查核查报告</translation>
    </message>
    <message>
      <location filename="../../processing/grid/signcheck.py" />
      <source>Check the protection signs</source>
      <translation>标志牌核查</translation>
    </message>
    <message>
      <location filename="../../processing/grid/signcheck.py" />
      <source>Checks the protection signs (标志牌、警示牌): has every village, block of plots or plot one, does it stand at the plot whose number it bears, was it looked at within a year, and is a damaged one repaired?</source>
      <translation>核查永久基本农田保护标志牌（警示牌）：每个村、片块或图斑是否设有标志牌，是否立在牌上编号所指的图斑处，是否一年内检查过，损坏的是否已修复。</translation>
    </message>
    <message>
      <location filename="../../processing/grid/signcheck.py" />
      <source>Signs</source>
      <translation>标志牌</translation>
    </message>
    <message>
      <location filename="../../processing/grid/signcheck.py" />
      <source>Points, or a table: number of the sign, number of its plot, day of inspection, state, day of repair. Without points the number of the plot or the village tells where a sign stands.</source>
      <translation>点图层或表格：标志牌编号、图斑编号、检查日期、现状、修复日期。没有位置时，以图斑编号或所在村确定标志牌的位置。</translation>
    </message>
    <message>
      <location filename="../../processing/grid/signcheck.py" />
      <source>Farmland map</source>
      <translation>永久基本农田图</translation>
    </message>
    <message>
      <location filename="../../processing/grid/signcheck.py" />
      <source>The plots that signs protect.</source>
      <translation>标志牌所保护的图斑。</translation>
    </message>
    <message>
      <location filename="../../processing/grid/signcheck.py" />
      <source>Names of the units.</source>
      <translation>行政区名称。</translation>
    </message>
    <message>
      <location filename="../../processing/grid/signcheck.py" />
      <source>One sign for each</source>
      <translation>设牌单元</translation>
    </message>
    <message>
      <location filename="../../processing/grid/signcheck.py" />
      <source>village: with plots; block: plots of a village that lie together; plot: each one.</source>
      <translation>village：有图斑的村；block：同村相邻图斑组成的片块；plot：每个图斑。</translation>
    </message>
    <message>
      <location filename="../../processing/grid/signcheck.py" />
      <source>Greatest distance from its plot (m)</source>
      <translation>距图斑最大距离（米）</translation>
    </message>
    <message>
      <location filename="../../processing/grid/signcheck.py" />
      <source>From the edge of the plot; a sign inside stands at it.</source>
      <translation>从图斑边界算起；在图斑内的视为立在该图斑处。</translation>
    </message>
    <message>
      <location filename="../../processing/grid/signcheck.py" />
      <source>Days within which a sign is inspected</source>
      <translation>检查间隔（天）</translation>
    </message>
    <message>
      <location filename="../../processing/grid/signcheck.py" />
      <source>To put up or to repair a sign is to look at it.</source>
      <translation>设立、修复也算检查。</translation>
    </message>
    <message>
      <location filename="../../processing/grid/signcheck.py" />
      <source>Gap between plots of a block (m)</source>
      <translation>片块内图斑间距（米）</translation>
    </message>
    <message>
      <location filename="../../processing/grid/signcheck.py" />
      <source>Plots of a village that lie no farther apart are one block.</source>
      <translation>同村图斑相距不超过此值的属于同一片块。</translation>
    </message>
    <message>
      <location filename="../../processing/grid/signcheck.py" />
      <source>Inspections count up to this day; empty is today.</source>
      <translation>检查日期算到这一天；不填为今天。</translation>
    </message>
    <message>
      <location filename="../../processing/grid/signcheck.py" />
      <source>Share of places with a sign (0–1)</source>
      <translation>设牌率（0–1）</translation>
    </message>
    <message>
      <location filename="../../processing/grid/signcheck.py" />
      <source>Share of signs in order (0–1)</source>
      <translation>标志牌完好率（0–1）</translation>
    </message>
    <message>
      <location filename="../../processing/grid/signcheck.py" />
      <source>Signs by place</source>
      <translation>设牌情况</translation>
    </message>
    <message>
      <location filename="../../processing/grid/signcheck.py" />
      <source>One row a village, block or plot: how many signs stand there and whether they are in order.</source>
      <translation>每个村、片块或图斑一行：标志牌数量及是否完好。</translation>
    </message>
    <message>
      <location filename="../../processing/grid/signcheck.py" />
      <source>Protection signs: check report</source>
      <translation>标志牌核查报告</translation>
    </message>
    <message>
      <location filename="../../processing/inputs.py" />
      <source>m2, mu (亩) or ha; auto takes the unit from heading, corner cell or standard and tells if it is wrong.</source>
      <translation>m2（平方米）、mu（亩）或 ha（公顷）；auto 按表头、表角单位或标准判断，单位有误时会指出。</translation>
    </message>
    <message>
      <location filename="../../processing/inputs.py" />
      <source>{source}: field of the number</source>
      <translation>{source}：编号字段</translation>
    </message>
    <message>
      <location filename="../../processing/inputs.py" />
      <source>{source}: field of the zone code</source>
      <translation>{source}：网格代码字段</translation>
    </message>
    <message>
      <location filename="../../processing/inputs.py" />
      <source>{source}: field of the plot's number</source>
      <translation>{source}：图斑编号字段</translation>
    </message>
    <message>
      <location filename="../../processing/inputs.py" />
      <source>{source}: field of the zone</source>
      <translation>{source}：网格字段</translation>
    </message>
    <message>
      <location filename="../../processing/inputs.py" />
      <source>{source}: field of the day</source>
      <translation>{source}：日期字段</translation>
    </message>
    <message>
      <location filename="../../processing/inputs.py" />
      <source>{source}: field of the person</source>
      <translation>{source}：人员字段</translation>
    </message>
    <message>
      <location filename="../../processing/inputs.py" />
      <source>{source}: field of the unit code</source>
      <translation>{source}：行政区代码字段</translation>
    </message>
    <message>
      <location filename="../../processing/inputs.py" />
      <source>{source}: field of the land class</source>
      <translation>{source}：地类字段</translation>
    </message>
    <message>
      <location filename="../../processing/inputs.py" />
      <source>{source}: field of the area</source>
      <translation>{source}：面积字段</translation>
    </message>
    <message>
      <location filename="../../processing/inputs.py" />
      <source>{source}: field of the cultivated area</source>
      <translation>{source}：耕地面积字段</translation>
    </message>
    <message>
      <location filename="../../processing/inputs.py" />
      <source>{source}: field of the judgement</source>
      <translation>{source}：判定字段</translation>
    </message>
    <message>
      <location filename="../../processing/inputs.py" />
      <source>{source}: field of the violation's number</source>
      <translation>{source}：违法图斑编号字段</translation>
    </message>
    <message>
      <location filename="../../processing/inputs.py" />
      <source>{source}: field of the permit's number</source>
      <translation>{source}：批准文号字段</translation>
    </message>
    <message>
      <location filename="../../processing/inputs.py" />
      <source>{source}: field of the earlier image's day</source>
      <translation>{source}：前时相字段</translation>
    </message>
    <message>
      <location filename="../../processing/inputs.py" />
      <source>{source}: field of the later image's day</source>
      <translation>{source}：后时相字段</translation>
    </message>
    <message>
      <location filename="../../processing/inputs.py" />
      <source>{source}: field of the kind</source>
      <translation>{source}：类型字段</translation>
    </message>
    <message>
      <location filename="../../processing/inputs.py" />
      <source>{source}: field of the day of acceptance</source>
      <translation>{source}：受理日期字段</translation>
    </message>
    <message>
      <location filename="../../processing/inputs.py" />
      <source>{source}: field of the day of approval</source>
      <translation>{source}：批准日期字段</translation>
    </message>
    <message>
      <location filename="../../processing/inputs.py" />
      <source>{source}: field of the last day</source>
      <translation>{source}：到期日期字段</translation>
    </message>
    <message>
      <location filename="../../processing/inputs.py" />
      <source>{source}: field of the status</source>
      <translation>{source}：状态字段</translation>
    </message>
    <message>
      <location filename="../../processing/inputs.py" />
      <source>{source}: field of the purpose</source>
      <translation>{source}：用途字段</translation>
    </message>
    <message>
      <location filename="../../processing/inputs.py" />
      <source>selected features only</source>
      <translation>仅选中要素</translation>
    </message>
    <message>
      <location filename="../../processing/maps/atlas.py" />
      <source>Map atlas</source>
      <translation>地图册</translation>
    </message>
    <message>
      <location filename="../../processing/maps/atlas.py" />
      <source>Makes map atlases to print and to sign: a farmland map of every township or village, the index map of a county, a dossier of every violation, standard map sheets, or maps of the responsibility zones.

Every page has title, number, scale, legend of what is on it, coordinate system, makers, mark of secrecy and a table that goes on to further pages. Lines and texts stay lines and texts. The layouts are added to the project, of native items only, and may be changed there.</source>
      <translation>制作可以打印、签字的地图册：各乡镇（或村）永久基本农田分布图、全县索引图、违法图斑卷宗（一斑一图）、标准分幅图，或网格责任区图。

每幅图都有图名、图号、比例尺、只含图上内容的图例、坐标系、编制单位、密级，附表自动续页。线划和文字都是矢量的。布局以 QGIS 原生条目加入工程，可以手工修改。</translation>
    </message>
    <message>
      <location filename="../../processing/maps/atlas.py" />
      <source>Kind of map</source>
      <translation>图种</translation>
    </message>
    <message>
      <location filename="../../processing/maps/atlas.py" />
      <source>township: the farmland of every township or village; index: the county with the numbers of these maps; violation: a dossier of every change; sheet: the standard sheets (SCALE, else 1:10 000); zone: the responsibility zones of every township.</source>
      <translation>township：乡镇（或村）永久基本农田分布图；index：全县索引图，注有各幅图号；violation：违法图斑卷宗（一斑一图）；sheet：标准分幅图（按“比例尺”，默认 1:10 000）；zone：各乡镇网格责任区图。</translation>
    </message>
    <message>
      <location filename="../../processing/maps/atlas.py" />
      <source>Atlas</source>
      <translation>图册</translation>
    </message>
    <message>
      <location filename="../../processing/maps/atlas.py" />
      <source>Index of the pages</source>
      <translation>图册目录</translation>
    </message>
    <message>
      <location filename="../../processing/maps/atlas.py" />
      <source>Number of pages</source>
      <translation>页数</translation>
    </message>
    <message>
      <location filename="../../processing/maps/atlas.py" />
      <source>Font that the maps are set in</source>
      <translation>图面使用的字体</translation>
    </message>
    <message>
      <location filename="../../processing/maps/atlas.py" />
      <source>The farmland plots (YJJBNTTB or an older layer).</source>
      <translation>永久基本农田图斑（YJJBNTTB 或旧版图层）。</translation>
    </message>
    <message>
      <location filename="../../processing/maps/atlas.py" />
      <source>Townships (or villages, of which townships are made) with codes and names.</source>
      <translation>乡镇（或村，可由村合成乡镇），带代码和名称。</translation>
    </message>
    <message>
      <location filename="../../processing/maps/atlas.py" />
      <source>Villages</source>
      <translation>村</translation>
    </message>
    <message>
      <location filename="../../processing/maps/atlas.py" />
      <source>Villages, where they are a layer of their own (CJDCQ).</source>
      <translation>村级调查区（CJDCQ），村界单独成图层时给出。</translation>
    </message>
    <message>
      <location filename="../../processing/maps/atlas.py" />
      <source>The plots of the land survey (DLTB), drawn below.</source>
      <translation>地类图斑（DLTB），绘在最下层。</translation>
    </message>
    <message>
      <location filename="../../processing/maps/atlas.py" />
      <source>Changes</source>
      <translation>违法（变化）图斑</translation>
    </message>
    <message>
      <location filename="../../processing/maps/atlas.py" />
      <source>The changes, best as the permits and violations tool has judged them (VIOLATIONS_OUT).</source>
      <translation>监测图斑；最好用“批与违核查”的结果 VIOLATIONS_OUT，已带判定和面积。</translation>
    </message>
    <message>
      <location filename="../../processing/maps/atlas.py" />
      <source>Approved land, drawn in the dossiers.</source>
      <translation>已批准的用地，绘在卷宗图上。</translation>
    </message>
    <message>
      <location filename="../../processing/maps/atlas.py" />
      <source>The responsibility zones, as drawn by the tool or by anyone.</source>
      <translation>责任网格，本插件划分的或自己绘制的均可。</translation>
    </message>
    <message>
      <location filename="../../processing/maps/atlas.py" />
      <source>Who answers for which zone, and what for (五定).</source>
      <translation>每个网格由谁负责、负责什么（五定）。</translation>
    </message>
    <message>
      <location filename="../../processing/maps/atlas.py" />
      <source>Title</source>
      <translation>图名</translation>
    </message>
    <message>
      <location filename="../../processing/maps/atlas.py" />
      <source>{name} is the unit's name, {code} its code; empty is the usual title.</source>
      <translation>{name} 代表单位名称，{code} 代表代码；留空为通用图名。</translation>
    </message>
    <message>
      <location filename="../../processing/maps/atlas.py" />
      <source>Stands before the names of townships, for example 示范县.</source>
      <translation>写在乡镇名称之前，例如：示范县。</translation>
    </message>
    <message>
      <location filename="../../processing/maps/atlas.py" />
      <source>Made by</source>
      <translation>编制单位</translation>
    </message>
    <message>
      <location filename="../../processing/maps/atlas.py" />
      <source>The office that makes the maps.</source>
      <translation>编制图件的单位。</translation>
    </message>
    <message>
      <location filename="../../processing/maps/atlas.py" />
      <source>Reviewed by</source>
      <translation>审核人</translation>
    </message>
    <message>
      <location filename="../../processing/maps/atlas.py" />
      <source>Who reviewed the maps.</source>
      <translation>图件的审核人。</translation>
    </message>
    <message>
      <location filename="../../processing/maps/atlas.py" />
      <source>Date of the data</source>
      <translation>数据时点</translation>
    </message>
    <message>
      <location filename="../../processing/maps/atlas.py" />
      <source>For example 2023-12-31; empty is what the layer says.</source>
      <translation>例如 2023-12-31；留空则取图层中的数据年份。</translation>
    </message>
    <message>
      <location filename="../../processing/maps/atlas.py" />
      <source>Classification mark</source>
      <translation>密级标注</translation>
    </message>
    <message>
      <location filename="../../processing/maps/atlas.py" />
      <source>Printed at the head; empty for none.</source>
      <translation>印在图的右上角；留空则不印。</translation>
    </message>
    <message>
      <location filename="../../processing/maps/atlas.py" />
      <source>Only these</source>
      <translation>只出这些</translation>
    </message>
    <message>
      <location filename="../../processing/maps/atlas.py" />
      <source>Codes of the pages wanted, or their beginnings, parted by commas.</source>
      <translation>需要出图的单位代码或代码开头，用逗号分隔。</translation>
    </message>
    <message>
      <location filename="../../processing/maps/atlas.py" />
      <source>Date of the map</source>
      <translation>编制日期</translation>
    </message>
    <message>
      <location filename="../../processing/maps/atlas.py" />
      <source>A page for each</source>
      <translation>分幅单位</translation>
    </message>
    <message>
      <location filename="../../processing/maps/atlas.py" />
      <source>auto: townships where there are any.</source>
      <translation>auto：有乡镇按乡镇，否则按村。</translation>
    </message>
    <message>
      <location filename="../../processing/maps/atlas.py" />
      <source>Paper</source>
      <translation>纸张</translation>
    </message>
    <message>
      <location filename="../../processing/maps/atlas.py" />
      <source>auto: A3, a dossier A4, a sheet A1; lying or standing as the shape of the feature asks for.</source>
      <translation>auto：一般 A3，卷宗 A4，分幅图 A1；横版或竖版由图形形状决定。</translation>
    </message>
    <message>
      <location filename="../../processing/maps/atlas.py" />
      <location filename="../../processing/maps/sheetgrid.py" />
      <source>Scale 1:</source>
      <translation>比例尺 1:</translation>
    </message>
    <message>
      <location filename="../../processing/maps/atlas.py" />
      <source>0: the largest standard scale at which each feature fits.</source>
      <translation>0：取能放下该单位的最大标准比例尺。</translation>
    </message>
    <message>
      <location filename="../../processing/maps/atlas.py" />
      <source>Resolution (dpi)</source>
      <translation>分辨率（dpi）</translation>
    </message>
    <message>
      <location filename="../../processing/maps/atlas.py" />
      <source>Of pictures; the PDF's lines and texts have none.</source>
      <translation>用于图片；PDF 中的线划和文字是矢量的。</translation>
    </message>
    <message>
      <location filename="../../processing/maps/atlas.py" />
      <location filename="../../ui/options.py" />
      <source>Font</source>
      <translation>字体</translation>
    </message>
    <message>
      <location filename="../../processing/maps/atlas.py" />
      <source>A font on this machine; empty is the best Chinese one that there is.</source>
      <translation>本机的字体；留空则自动选用最合适的中文字体。</translation>
    </message>
    <message>
      <location filename="../../processing/maps/atlas.py" />
      <source>Own template</source>
      <translation>自己的模板</translation>
    </message>
    <message>
      <location filename="../../processing/maps/atlas.py" />
      <source>A layout with the same item ids as the plugin's own: map, title, legend, table …</source>
      <translation>布局模板（.qpt），条目ID与插件自带模板相同：map、title、legend、table……</translation>
    </message>
    <message>
      <location filename="../../processing/maps/atlas.py" />
      <source>All pages in one file</source>
      <translation>全部输出到一个文件</translation>
    </message>
    <message>
      <location filename="../../processing/maps/atlas.py" />
      <source>Else a PDF for every feature, named by its code and name, in a folder named as the PDF.</source>
      <translation>否则每个单位一个 PDF，以代码和名称命名，放在与 PDF 同名的文件夹中。</translation>
    </message>
    <message>
      <location filename="../../processing/maps/atlas.py" />
      <source>Pictures too</source>
      <translation>同时输出图片</translation>
    </message>
    <message>
      <location filename="../../processing/maps/atlas.py" />
      <source>A PNG of every page, in a folder named as the PDF.</source>
      <translation>每页一张 PNG，放在与 PDF 同名的文件夹中。</translation>
    </message>
    <message>
      <location filename="../../processing/maps/atlas.py" />
      <source>Cultivated land by pattern</source>
      <translation>耕地用晕线表示</translation>
    </message>
    <message>
      <location filename="../../processing/maps/atlas.py" />
      <source>Paddy, irrigated and dry land are told apart in print without colour, too.</source>
      <translation>黑白打印时也能区分水田、水浇地和旱地。</translation>
    </message>
    <message>
      <location filename="../../processing/maps/atlas.py" />
      <source>Add the layouts to the project</source>
      <translation>把布局加入工程</translation>
    </message>
    <message>
      <location filename="../../processing/maps/atlas.py" />
      <source>With the layers that they draw, in a group of their own; turn it off in batches.</source>
      <translation>连同所用图层，单独成组；批处理时可关闭。</translation>
    </message>
    <message>
      <location filename="../../processing/maps/atlas.py" />
      <source>Telephones in full</source>
      <translation>电话号码不隐去</translation>
    </message>
    <message>
      <location filename="../../processing/maps/atlas.py" />
      <source>Else they are masked.</source>
      <translation>否则只显示前几位。</translation>
    </message>
    <message>
      <location filename="../../processing/maps/atlas.py" />
      <source>One PDF, or the folder with one for every feature.</source>
      <translation>一个 PDF，或每个单位一个 PDF 的文件夹。</translation>
    </message>
    <message>
      <location filename="../../processing/maps/atlas.py" />
      <source>Page, key, title and file of every page: the atlas index of the five duties (五落实).</source>
      <translation>每幅图的页码、代码、图名和文件：即五落实核查所用的图册目录。</translation>
    </message>
    <message>
      <location filename="../../processing/maps/sheetgrid.py" />
      <source>Map sheets</source>
      <translation>标准图幅</translation>
    </message>
    <message>
      <location filename="../../processing/maps/sheetgrid.py" />
      <source>Draws the standard map sheets (GB/T 13989-2012) of any scale from 1:1 000 000 to 1:500 over an extent or a layer, each with its number, its old number, its neighbours and its theoretical area on the ellipsoid.

Edges are computed in whole thousandths of a second: sheets fit together to the last digit. In degrees a sheet has four corners; in a projected system its edges have as many points as keep them on their parallels and meridians to a millimetre, the same ones on both sides.</source>
      <translation>在给定范围或图层上生成 GB/T 13989-2012 的标准图幅，比例尺从 1:1 000 000 到 1:500，每幅都有图幅号、旧图幅号、邻幅（接合图表）和椭球面上的图幅理论面积。

图廓按千分之一秒的整数计算，相邻图幅逐位吻合。经纬度坐标下图幅只有四个角点；投影坐标下图廓加密，折线偏离经纬线不超过 1 毫米，公共图廓两侧的节点完全相同。</translation>
    </message>
    <message>
      <location filename="../../processing/maps/sheetgrid.py" />
      <source>Sheets are made for the land of these features. Empty: for the extent.</source>
      <translation>为这些要素所在的土地生成图幅。留空则按范围生成。</translation>
    </message>
    <message>
      <location filename="../../processing/maps/sheetgrid.py" />
      <source>Extent</source>
      <translation>范围</translation>
    </message>
    <message>
      <location filename="../../processing/maps/sheetgrid.py" />
      <source>Sheets are made for this extent; with a layer, for what of the layer's extent is in it.</source>
      <translation>为这一范围生成图幅；同时给出图层时，取两者的公共部分。</translation>
    </message>
    <message>
      <location filename="../../processing/maps/sheetgrid.py" />
      <source>Denominator of the maps' scale.</source>
      <translation>地图比例尺的分母。</translation>
    </message>
    <message>
      <location filename="../../processing/maps/sheetgrid.py" />
      <source>Only sheets that the layer's features lie on</source>
      <translation>只生成要素落入的图幅</translation>
    </message>
    <message>
      <location filename="../../processing/maps/sheetgrid.py" />
      <source>No: all sheets of the layer's extent.</source>
      <translation>否：图层外接矩形内的全部图幅。</translation>
    </message>
    <message>
      <location filename="../../processing/maps/sheetgrid.py" />
      <source>Coordinate system of the sheets</source>
      <translation>图幅的坐标系</translation>
    </message>
    <message>
      <location filename="../../processing/maps/sheetgrid.py" />
      <source>EPSG:4490 (longitude and latitude on CGCS2000), or the zone that the maps are in, such as EPSG:4527.</source>
      <translation>EPSG:4490（2000国家大地坐标系经纬度），或成图所用的投影带，如 EPSG:4527。</translation>
    </message>
    <message>
      <location filename="../../processing/maps/sheetgrid.py" />
      <source>Number of sheets</source>
      <translation>图幅数</translation>
    </message>
    <message>
      <location filename="../../processing/maps/sheetgrid.py" />
      <source>One polygon a sheet: number, old number (with ABCD and with 甲乙丙丁), scale, row and column, edges in degrees, theoretical area in m², zone and central meridian, and the numbers of its eight neighbours.</source>
      <translation>每幅一个面：图幅号、旧图幅号（ABCD 和甲乙丙丁两种写法）、比例尺、行号和列号、四边经纬度、图幅理论面积（平方米）、带号和中央经线，以及八个邻幅的图幅号。</translation>
    </message>
    <message>
      <location filename="../../processing/maps/sheetgrid.py" />
      <source>Choose a layer or an extent: sheets are made for one of them.</source>
      <translation>请选择图层或范围：图幅按其中之一生成。</translation>
    </message>
    <message>
      <location filename="../../processing/maps/sheetgrid.py" />
      <source>The coordinate system of the sheets is not known: choose one, such as EPSG:4490.</source>
      <translation>图幅的坐标系无法识别：请选择一个，如 EPSG:4490。</translation>
    </message>
    <message>
      <location filename="../../processing/maps/sheetgrid.py" />
      <source>The extent cannot be placed in longitude and latitude: check its coordinate system.</source>
      <translation>范围不能换算到经纬度：请检查它的坐标系。</translation>
    </message>
    <message>
      <location filename="../../processing/maps/sheetgrid.py" />
      <source>The layer and the extent have no land in common.</source>
      <translation>图层与范围没有公共部分。</translation>
    </message>
    <message>
      <location filename="../../processing/provider.py" />
      <source>Yearly four-way run (model)</source>
      <translation>年度四统一核查（模型）</translation>
    </message>
    <message>
      <location filename="../../processing/provider.py" />
      <source>Monthly enforcement run (model)</source>
      <translation>月度执法核查（模型）</translation>
    </message>
    <message>
      <location filename="../../processing/provider.py" />
      <source>Models</source>
      <translation>模型</translation>
    </message>
    <message>
      <location filename="../../processing/provider.py" />
      <source>Redline 耕地红线: audit of permanent basic farmland</source>
      <translation>耕地红线：永久基本农田核查</translation>
    </message>
    <message>
      <location filename="../../processing/workbook.py" />
      <source>No workbook was written: install XlsxWriter (“{command}”) or the plugin's ZIP, which brings it.</source>
      <translation>未写出工作簿：请安装 XlsxWriter（“{command}”），或安装自带它的插件 ZIP 包。</translation>
    </message>
    <message>
      <location filename="../../processing/workbook.py" />
      <source>The workbook {path} cannot be written: {reason}. Close it if it is open in another program.</source>
      <translation>无法写入工作簿 {path}：{reason}。如已在其他程序中打开，请先关闭。</translation>
    </message>
    <message>
      <location filename="../../ui/dashboard.py" />
      <source>Show everything</source>
      <translation>显示全部</translation>
    </message>
    <message>
      <location filename="../../ui/dashboard.py" />
      <source>Charts need matplotlib, which this QGIS does not have.</source>
      <translation>当前 QGIS 缺少 matplotlib，无法绘制图表。</translation>
    </message>
    <message>
      <location filename="../../ui/dashboard.py" />
      <source>Lengths follow the square root of the count.</source>
      <translation>条长按个数的平方根绘制。</translation>
    </message>
    <message>
      <location filename="../../ui/dashboard.py" />
      <source>The {shown} gravest of {all} rules.</source>
      <translation>共 {all} 条规则，列出最严重的 {shown} 条。</translation>
    </message>
    <message>
      <location filename="../../ui/dashboard.py" />
      <source>The units with most findings; one with none is left out.</source>
      <translation>列出问题最多的行政区，没有问题的不列。</translation>
    </message>
    <message>
      <location filename="../../ui/dashboard.py" />
      <source>No areas were compared: the four-way check was not part of the run.</source>
      <translation>没有面积比较：本次运行未做四统一核查。</translation>
    </message>
    <message>
      <location filename="../../ui/dashboard.py" />
      <source>No areas were compared here: there is no register or ground to compare with.</source>
      <translation>这里没有面积比较：缺少可比的登记册或实地地块。</translation>
    </message>
    <message>
      <location filename="../../ui/dashboard.py" />
      <source>No rates were computed: the last run had no violations.</source>
      <translation>没有执法指标：本次运行没有监测图斑。</translation>
    </message>
    <message>
      <location filename="../../ui/dashboard.py" />
      <source>No ratio with a threshold here: that needs the new construction land of units.</source>
      <translation>这里没有可与问责线比较的占耕比：需要各行政区的新增建设用地面积。</translation>
    </message>
    <message>
      <location filename="../../ui/dashboard.py" />
      <source>Unlawful share of the cultivated land taken by new construction. Follows the unit alone.</source>
      <translation>违法占用耕地面积占新增建设用地占用耕地总面积的比例。只随行政区筛选变化。</translation>
    </message>
    <message>
      <location filename="../../ui/dashboard.py" />
      <source>No patrols were checked: that needs responsibility zones and a log of patrols.</source>
      <translation>没有巡查核查：需要责任网格和巡查记录。</translation>
    </message>
    <message>
      <location filename="../../ui/dashboard.py" />
      <source>No responsibility zone lies here.</source>
      <translation>这里没有责任网格。</translation>
    </message>
    <message>
      <location filename="../../ui/dashboard.py" />
      <source>Patrols done; the colour tells the share of those due. Follows the unit alone.</source>
      <translation>格内为巡查次数，颜色为占应巡次数的比例。只随行政区筛选变化。</translation>
    </message>
    <message>
      <location filename="../../ui/dashboard.py" />
      <source>The five duties were not checked in the last run.</source>
      <translation>本次运行未做五落实核查。</translation>
    </message>
    <message>
      <location filename="../../ui/dashboard.py" />
      <source>No plot of this unit was checked.</source>
      <translation>该行政区没有核查过的图斑。</translation>
    </message>
    <message>
      <location filename="../../ui/dashboard.py" />
      <source>Share of plots that meet each duty; — could not be tested. Follows the unit alone.</source>
      <translation>各项已落实的图斑比例，“—”为无法检查。只随行政区筛选变化。</translation>
    </message>
    <message>
      <location filename="../../ui/dashboard.py" />
      <source>{shown} of {all} findings</source>
      <translation>共 {all} 个问题，显示 {shown} 个</translation>
    </message>
    <message>
      <location filename="../../ui/dashboard.py" />
      <source>Findings by rule</source>
      <translation>各规则的问题数</translation>
    </message>
    <message>
      <location filename="../../ui/dashboard.py" />
      <source>Findings by unit</source>
      <translation>各行政区的问题数</translation>
    </message>
    <message>
      <location filename="../../ui/dashboard.py" />
      <source>Differences of area</source>
      <translation>面积差异分布</translation>
    </message>
    <message>
      <location filename="../../ui/dashboard.py" />
      <source>Ratio of illegal occupation against its threshold</source>
      <translation>违法占耕比与问责线</translation>
    </message>
    <message>
      <location filename="../../ui/dashboard.py" />
      <source>Patrol calendar</source>
      <translation>巡查日历</translation>
    </message>
    <message>
      <location filename="../../ui/dashboard.py" />
      <source>The five duties 五落实</source>
      <translation>五落实完成情况</translation>
    </message>
    <message>
      <location filename="../../ui/dashboard.py" />
      <source>Nothing is found under these filters.</source>
      <translation>当前筛选条件下没有问题。</translation>
    </message>
    <message>
      <location filename="../../ui/desk.py" />
      <source>Redline panel</source>
      <translation>耕地红线面板</translation>
    </message>
    <message>
      <location filename="../../ui/desk.py" />
      <source>Run the county audit</source>
      <translation>运行县级核查</translation>
    </message>
    <message>
      <location filename="../../ui/desk.py" />
      <source>Print an atlas…</source>
      <translation>打印图册…</translation>
    </message>
    <message>
      <location filename="../../ui/desk.py" />
      <source>Pre-check a site: draw a polygon</source>
      <translation>选址预审：画一个面</translation>
    </message>
    <message>
      <location filename="../../ui/desk.py" />
      <source>Open the demo county</source>
      <translation>打开示范县</translation>
    </message>
    <message>
      <location filename="../../ui/desk.py" />
      <source>Settings of Redline…</source>
      <translation>耕地红线设置…</translation>
    </message>
    <message>
      <location filename="../../ui/desk.py" />
      <location filename="../../ui/guide.py" />
      <source>Guide to Redline</source>
      <translation>耕地红线用户指南</translation>
    </message>
    <message>
      <location filename="../../ui/desk.py" />
      <location filename="../../ui/findings.py" />
      <source>Next finding</source>
      <translation>下一个问题</translation>
    </message>
    <message>
      <location filename="../../ui/desk.py" />
      <location filename="../../ui/findings.py" />
      <source>Previous finding</source>
      <translation>上一个问题</translation>
    </message>
    <message>
      <location filename="../../ui/desk.py" />
      <source>Confirm the selected findings</source>
      <translation>确认所选问题</translation>
    </message>
    <message>
      <location filename="../../ui/desk.py" />
      <source>Waive the selected findings</source>
      <translation>所选问题列为例外</translation>
    </message>
    <message>
      <location filename="../../ui/desk.py" />
      <source>Mark the selected findings as fixed</source>
      <translation>所选问题标为已整改</translation>
    </message>
    <message>
      <location filename="../../ui/desk.py" />
      <source>Open the selected findings again</source>
      <translation>所选问题恢复为待处理</translation>
    </message>
    <message>
      <location filename="../../ui/desk.py" />
      <location filename="../../ui/panel.py" />
      <source>Redline</source>
      <translation>耕地红线</translation>
    </message>
    <message>
      <location filename="../../ui/desk.py" />
      <source>Click the corners of the site; a right click ends it, Escape gives up.</source>
      <translation>单击地块的各个拐点，右键结束，Esc 放弃。</translation>
    </message>
    <message>
      <location filename="../../ui/desk.py" />
      <source>The project has no coordinate system: choose the one of your layers, then draw.</source>
      <translation>工程没有坐标系：请先选择与图层一致的坐标系，再绘制。</translation>
    </message>
    <message>
      <location filename="../../ui/desk.py" />
      <source>Site</source>
      <translation>拟选地块</translation>
    </message>
    <message>
      <location filename="../../ui/details.py" />
      <source>What to do</source>
      <translation>处理办法</translation>
    </message>
    <message>
      <location filename="../../ui/details.py" />
      <source>Why it matters</source>
      <translation>为什么要紧</translation>
    </message>
    <message>
      <location filename="../../ui/details.py" />
      <source>After</source>
      <translation>依据</translation>
    </message>
    <message>
      <location filename="../../ui/filter_bar.py" />
      <source>Search: number, village, words…</source>
      <translation>搜索：编号、村名、文字…</translation>
    </message>
    <message>
      <location filename="../../ui/filter_bar.py" />
      <source>Only findings of this unit and of the units below it</source>
      <translation>只看这个单位及其下级的问题</translation>
    </message>
    <message>
      <location filename="../../ui/filter_bar.py" />
      <source>Visible map</source>
      <translation>当前视图</translation>
    </message>
    <message>
      <location filename="../../ui/filter_bar.py" />
      <source>Only findings within the part of the map that is visible</source>
      <translation>只看地图当前可见范围内的问题</translation>
    </message>
    <message>
      <location filename="../../ui/filter_bar.py" />
      <location filename="../../ui/runs.py" />
      <source>By {column}</source>
      <translation>按{column}</translation>
    </message>
    <message>
      <location filename="../../ui/filter_bar.py" />
      <source>Picked on the dashboard; click to take this away</source>
      <translation>在图表页点选的条件，单击取消</translation>
    </message>
    <message>
      <location filename="../../ui/filter_bar.py" />
      <source>All units</source>
      <translation>全部单位</translation>
    </message>
    <message>
      <location filename="../../ui/filter_bar.py" />
      <source>Since the last run: {changes}</source>
      <translation>与上次相比：{changes}</translation>
    </message>
    <message>
      <location filename="../../ui/findings.py" />
      <source>Move the map</source>
      <translation>地图跟随</translation>
    </message>
    <message>
      <location filename="../../ui/findings.py" />
      <source>Note on the selected findings, saved with Enter</source>
      <translation>给所选问题写备注，按回车保存</translation>
    </message>
    <message>
      <location filename="../../ui/findings.py" />
      <source>Form</source>
      <translation>表单</translation>
    </message>
    <message>
      <location filename="../../ui/findings.py" />
      <source>Open the form of this finding</source>
      <translation>打开这个问题的属性表单</translation>
    </message>
    <message>
      <location filename="../../ui/findings.py" />
      <source>Copy id</source>
      <translation>复制编号</translation>
    </message>
    <message>
      <location filename="../../ui/findings.py" />
      <source>Copy the ids of the selected findings</source>
      <translation>复制所选问题的编号</translation>
    </message>
    <message>
      <location filename="../../ui/findings.py" />
      <source>Set the status of the selected findings</source>
      <translation>设置所选问题的状态</translation>
    </message>
    <message>
      <location filename="../../ui/findings.py" />
      <source>Undo</source>
      <translation>撤销</translation>
    </message>
    <message>
      <location filename="../../ui/findings.py" />
      <source>Redo</source>
      <translation>重做</translation>
    </message>
    <message>
      <location filename="../../ui/findings.py" />
      <source>{shown} of {all}</source>
      <translation>{shown} / {all} 条</translation>
    </message>
    <message>
      <location filename="../../ui/findings.py" />
      <source>It has no place on the map.</source>
      <translation>它在图上没有位置。</translation>
    </message>
    <message>
      <location filename="../../ui/locator.py" />
      <source>Redline 耕地红线: plots and villages</source>
      <translation>耕地红线：图斑与村</translation>
    </message>
    <message>
      <location filename="../../ui/locator.py" />
      <source>Villages and units</source>
      <translation>村与行政区</translation>
    </message>
    <message>
      <location filename="../../ui/mapping.py" />
      <source>Fields of: {role}</source>
      <translation>字段对应：{role}</translation>
    </message>
    <message>
      <location filename="../../ui/mapping.py" />
      <source>Understood as {profile}.</source>
      <translation>按“{profile}”识别。</translation>
    </message>
    <message>
      <location filename="../../ui/mapping.py" />
      <source>{field} (found)</source>
      <translation>{field}（自动识别）</translation>
    </message>
    <message>
      <location filename="../../ui/mapping.py" />
      <source>choose: {fields}</source>
      <translation>请选择：{fields}</translation>
    </message>
    <message>
      <location filename="../../ui/options.py" />
      <location filename="../../ui/panel.py" />
      <source>Redline 耕地红线</source>
      <translation>耕地红线</translation>
    </message>
    <message>
      <location filename="../../ui/options.py" />
      <source>Set maps, charts and reports in</source>
      <translation>地图、图表和报告使用</translation>
    </message>
    <message>
      <location filename="../../ui/options.py" />
      <source>Never show telephone numbers, even where a run asks for them</source>
      <translation>任何情况下都不显示电话号码，运行时要求也不显示</translation>
    </message>
    <message>
      <location filename="../../ui/options.py" />
      <source>Only changed</source>
      <translation>只看已更改的</translation>
    </message>
    <message>
      <location filename="../../ui/options.py" />
      <source>The one that the fields fit best</source>
      <translation>按字段自动选用最相符的</translation>
    </message>
    <message>
      <location filename="../../ui/options.py" />
      <source>Else the first Chinese font that Redline knows and finds on this machine.</source>
      <translation>不勾选时，使用本机上找到的第一种已知中文字体。</translation>
    </message>
    <message>
      <location filename="../../ui/options.py" />
      <source>How many pieces of the land are worked on at once; usual: {count}.</source>
      <translation>同时处理多少块数据；默认{count}。</translation>
    </message>
    <message>
      <location filename="../../ui/options.py" />
      <source>Identity numbers are always masked. A run that asks for telephone numbers is refused.</source>
      <translation>身份证号始终隐去。勾选后，要求输出电话号码的运行会被拒绝。</translation>
    </message>
    <message>
      <location filename="../../ui/options.py" />
      <source>Standard of farmland layers</source>
      <translation>永久基本农田图层的标准</translation>
    </message>
    <message>
      <location filename="../../ui/options.py" />
      <source>Standard of land-use layers</source>
      <translation>地类图斑图层的标准</translation>
    </message>
    <message>
      <location filename="../../ui/options.py" />
      <source>Ratio of illegal occupation</source>
      <translation>违法占耕比</translation>
    </message>
    <message>
      <location filename="../../ui/options.py" />
      <source>Threads</source>
      <translation>线程数</translation>
    </message>
    <message>
      <location filename="../../ui/options.py" />
      <source>Personal data</source>
      <translation>个人信息</translation>
    </message>
    <message>
      <location filename="../../ui/options.py" />
      <source>Tolerances and thresholds</source>
      <translation>容差与阈值</translation>
    </message>
    <message>
      <location filename="../../ui/options.py" />
      <source>Every report and every log tells what was changed here, beside the value of the standard.</source>
      <translation>此处的更改会写入每份报告和每次运行的日志，并与标准值并列。</translation>
    </message>
    <message>
      <location filename="../../ui/options.py" />
      <source>Search</source>
      <translation>查找</translation>
    </message>
    <message>
      <location filename="../../ui/options.py" />
      <source>Reset the selected</source>
      <translation>恢复所选项</translation>
    </message>
    <message>
      <location filename="../../ui/options.py" />
      <source>Reset all</source>
      <translation>全部恢复</translation>
    </message>
    <message>
      <location filename="../../ui/options.py" />
      <source>Read from a file…</source>
      <translation>从文件读取…</translation>
    </message>
    <message>
      <location filename="../../ui/options.py" />
      <source>Save to a file…</source>
      <translation>存为文件…</translation>
    </message>
    <message>
      <location filename="../../ui/options.py" />
      <source>Help</source>
      <translation>帮助</translation>
    </message>
    <message>
      <location filename="../../ui/options.py" />
      <source>“{path}” is no file of thresholds.</source>
      <translation>“{path}”不是阈值文件。</translation>
    </message>
    <message>
      <location filename="../../ui/options.py" />
      <source>“{path}” cannot be written: {why}</source>
      <translation>无法写入“{path}”：{why}</translation>
    </message>
    <message>
      <location filename="../../ui/options.py" />
      <source>Read thresholds</source>
      <translation>读取阈值</translation>
    </message>
    <message>
      <location filename="../../ui/options.py" />
      <source>Thresholds (*.json)</source>
      <translation>阈值文件 (*.json)</translation>
    </message>
    <message>
      <location filename="../../ui/options.py" />
      <source>Save thresholds</source>
      <translation>保存阈值</translation>
    </message>
    <message>
      <location filename="../../ui/panel.py" />
      <source>Sources</source>
      <translation>数据</translation>
    </message>
    <message>
      <location filename="../../ui/panel.py" />
      <location filename="../../ui/run.py" />
      <source>Run</source>
      <translation>运行</translation>
    </message>
    <message>
      <location filename="../../ui/panel.py" />
      <source>Dashboard</source>
      <translation>图表</translation>
    </message>
    <message>
      <location filename="../../ui/panel.py" />
      <source>Runs</source>
      <translation>历次运行</translation>
    </message>
    <message>
      <location filename="../../ui/panel.py" />
      <source>No results are open.</source>
      <translation>没有打开的结果。</translation>
    </message>
    <message>
      <location filename="../../ui/panel.py" />
      <source>What this page is for (F1)</source>
      <translation>本页的说明（F1）</translation>
    </message>
    <message>
      <location filename="../../ui/panel.py" />
      <source>Open results…</source>
      <translation>打开结果…</translation>
    </message>
    <message>
      <location filename="../../ui/panel.py" />
      <source>Open results</source>
      <translation>打开结果</translation>
    </message>
    <message>
      <location filename="../../ui/panel.py" />
      <source>The audit is done: {errors} errors, {warnings} warnings.</source>
      <translation>核查完成：错误 {errors} 条，警告 {warnings} 条。</translation>
    </message>
    <message>
      <location filename="../../ui/panel.py" />
      <source>The demo county is open. Look at the sources, then run.</source>
      <translation>示范县已打开。看一看各项数据，然后运行。</translation>
    </message>
    <message>
      <location filename="../../ui/results.py" />
      <source>“{path}” holds no results of a county audit.</source>
      <translation>“{path}”不是县级核查的结果文件。</translation>
    </message>
    <message>
      <location filename="../../ui/results.py" />
      <source>The findings of “{path}” cannot be opened.</source>
      <translation>无法打开“{path}”中的问题图层。</translation>
    </message>
    <message>
      <location filename="../../ui/results.py" />
      <source>The findings have no field “{field}” any more.</source>
      <translation>问题图层已没有字段“{field}”。</translation>
    </message>
    <message>
      <location filename="../../ui/results.py" />
      <source>Status of findings</source>
      <translation>问题状态</translation>
    </message>
    <message>
      <location filename="../../ui/results.py" />
      <source>the file is read-only or in use</source>
      <translation>文件只读或正被占用</translation>
    </message>
    <message>
      <location filename="../../ui/results.py" />
      <source>The findings could not be saved: {reason}.</source>
      <translation>问题未能保存：{reason}。</translation>
    </message>
    <message>
      <location filename="../../ui/run.py" />
      <source>The run failed; see the log.</source>
      <translation>运行失败，请看日志。</translation>
    </message>
    <message>
      <location filename="../../ui/run.py" />
      <source>Only findings within the visible map</source>
      <translation>只列当前视图内的问题</translation>
    </message>
    <message>
      <location filename="../../ui/run.py" />
      <source>All; or codes parted by commas, as 990101001, 990101002</source>
      <translation>全部；或用逗号分隔的代码，如 990101001, 990101002</translation>
    </message>
    <message>
      <location filename="../../ui/run.py" />
      <source>For example “before the May inspection”</source>
      <translation>如“五月检查之前”</translation>
    </message>
    <message>
      <location filename="../../ui/run.py" />
      <source>Write the report beside it (HTML and PDF)</source>
      <translation>同时写出报告（HTML 和 PDF）</translation>
    </message>
    <message>
      <location filename="../../ui/run.py" />
      <source>Cancel</source>
      <translation>取消</translation>
    </message>
    <message>
      <location filename="../../ui/run.py" />
      <source>Checks that the sources allow; what is not ticked is left out and said so.</source>
      <translation>现有数据允许的核查；未勾选的不做，并在报告中注明。</translation>
    </message>
    <message>
      <location filename="../../ui/run.py" />
      <source>Units</source>
      <translation>行政区代码</translation>
    </message>
    <message>
      <location filename="../../ui/run.py" />
      <source>lacks</source>
      <translation>缺少</translation>
    </message>
    <message>
      <location filename="../../ui/run.py" />
      <source>Choose the file of the results first.</source>
      <translation>请先指定结果文件。</translation>
    </message>
    <message>
      <location filename="../../ui/run.py" />
      <source>There are no sources yet: add layers to the project or files to the sources.</source>
      <translation>还没有数据：请把图层加入工程，或把文件加入“数据”页。</translation>
    </message>
    <message>
      <location filename="../../ui/run.py" />
      <source>Stopping…</source>
      <translation>正在停止…</translation>
    </message>
    <message>
      <location filename="../../ui/run.py" />
      <source>Cancelled; the results are as they were.</source>
      <translation>已取消，结果保持原样。</translation>
    </message>
    <message>
      <location filename="../../ui/run_page.py" />
      <source>Run {number}</source>
      <translation>第 {number} 次运行</translation>
    </message>
    <message>
      <location filename="../../ui/run_page.py" />
      <source>{count} rows</source>
      <translation>{count} 行</translation>
    </message>
    <message>
      <location filename="../../ui/run_page.py" />
      <source>No longer given: {names}</source>
      <translation>本次未再提供：{names}</translation>
    </message>
    <message>
      <location filename="../../ui/run_page.py" />
      <source>{seconds} s</source>
      <translation>用时 {seconds} 秒</translation>
    </message>
    <message>
      <location filename="../../ui/run_page.py" />
      <source>not given before</source>
      <translation>上次没有</translation>
    </message>
    <message>
      <location filename="../../ui/run_page.py" />
      <source>unchanged</source>
      <translation>未变</translation>
    </message>
    <message>
      <location filename="../../ui/run_page.py" />
      <source>changed ({more} rows)</source>
      <translation>有变化（{more} 行）</translation>
    </message>
    <message>
      <location filename="../../ui/run_page.py" />
      <source>changed</source>
      <translation>有变化</translation>
    </message>
    <message>
      <location filename="../../ui/runs.py" />
      <source>Open report</source>
      <translation>打开报告</translation>
    </message>
    <message>
      <location filename="../../ui/runs.py" />
      <source>Export findings</source>
      <translation>导出问题</translation>
    </message>
    <message>
      <location filename="../../ui/runs.py" />
      <source>Those that the filters show…</source>
      <translation>筛选出的问题…</translation>
    </message>
    <message>
      <location filename="../../ui/runs.py" />
      <source>All of them…</source>
      <translation>全部问题…</translation>
    </message>
    <message>
      <location filename="../../ui/runs.py" />
      <source>Compare run</source>
      <translation>比较：从</translation>
    </message>
    <message>
      <location filename="../../ui/runs.py" />
      <source>with</source>
      <translation>到</translation>
    </message>
    <message>
      <location filename="../../ui/runs.py" />
      <source>Nothing became another between these runs.</source>
      <translation>两次运行之间没有变化。</translation>
    </message>
    <message>
      <location filename="../../ui/runs.py" />
      <source>There is one run so far; run the audit again on the same results to compare.</source>
      <translation>目前只有一次运行；用同一个结果文件再运行一次即可比较。</translation>
    </message>
    <message>
      <location filename="../../ui/runs.py" />
      <source>Choose an earlier run to compare with.</source>
      <translation>请选择一次更早的运行来比较。</translation>
    </message>
    <message>
      <location filename="../../ui/runs.py" />
      <source>Run {run} was made before the results kept what each run changed; its counts are in the list.</source>
      <translation>第 {run} 次运行时结果文件还不记录每次的变更，只能看列表中的个数。</translation>
    </message>
    <message>
      <location filename="../../ui/runs.py" />
      <source>Choose a run first.</source>
      <translation>请先选择一次运行。</translation>
    </message>
    <message>
      <location filename="../../ui/runs.py" />
      <source>Run {run} wrote no report, or did not keep where.</source>
      <translation>第 {run} 次运行没有写报告，或没有记下位置。</translation>
    </message>
    <message>
      <location filename="../../ui/runs.py" />
      <source>The report of run {run} was replaced by that of run {later}.</source>
      <translation>第 {run} 次运行的报告已被第 {later} 次的覆盖。</translation>
    </message>
    <message>
      <location filename="../../ui/runs.py" />
      <source>The report is no longer where it was written: {path}</source>
      <translation>报告已不在原处：{path}</translation>
    </message>
    <message>
      <location filename="../../ui/runs.py" />
      <source>Workbooks (*.xlsx)</source>
      <translation>Excel 工作簿 (*.xlsx)</translation>
    </message>
    <message>
      <location filename="../../ui/runs.py" />
      <source>GeoJSON files (*.geojson)</source>
      <translation>GeoJSON 文件 (*.geojson)</translation>
    </message>
    <message>
      <location filename="../../ui/runs.py" />
      <source>{path} is there already; choose another name.</source>
      <translation>{path}已存在，请另取文件名。</translation>
    </message>
    <message>
      <location filename="../../ui/runs.py" />
      <source>{path} is open in the project and is not replaced; choose another name.</source>
      <translation>{path}正在工程中打开，不予覆盖，请另取文件名。</translation>
    </message>
    <message>
      <location filename="../../ui/runs.py" />
      <source>{count} findings were written to {path}</source>
      <translation>已将 {count} 个问题写入{path}</translation>
    </message>
    <message>
      <location filename="../../ui/runs_model.py" />
      <source>No.</source>
      <translation>序号</translation>
    </message>
    <message>
      <location filename="../../ui/runs_model.py" />
      <source>When</source>
      <translation>时间</translation>
    </message>
    <message>
      <location filename="../../ui/runs_model.py" />
      <source>Name</source>
      <translation>名称</translation>
    </message>
    <message>
      <location filename="../../ui/runs_model.py" />
      <source>Agreement</source>
      <translation>一致率</translation>
    </message>
    <message>
      <location filename="../../ui/runs_model.py" />
      <source>Click to show these findings</source>
      <translation>单击查看这些问题</translation>
    </message>
    <message>
      <location filename="../../ui/runs_model.py" />
      <source>All</source>
      <translation>合计</translation>
    </message>
    <message>
      <location filename="../../ui/sources.py" />
      <source>Role</source>
      <translation>角色</translation>
    </message>
    <message>
      <location filename="../../ui/sources.py" />
      <source>Source</source>
      <translation>数据</translation>
    </message>
    <message>
      <location filename="../../ui/sources.py" />
      <source>State</source>
      <translation>状况</translation>
    </message>
    <message>
      <location filename="../../ui/sources.py" />
      <source>Files that are looked at beside the layers of the project; Delete takes one away.</source>
      <translation>除工程图层外一并查看的文件；按 Delete 键移除。</translation>
    </message>
    <message>
      <location filename="../../ui/sources.py" />
      <source>Add files…</source>
      <translation>添加文件…</translation>
    </message>
    <message>
      <location filename="../../ui/sources.py" />
      <source>Add a folder…</source>
      <translation>添加文件夹…</translation>
    </message>
    <message>
      <location filename="../../ui/sources.py" />
      <source>Guess again</source>
      <translation>重新识别</translation>
    </message>
    <message>
      <location filename="../../ui/sources.py" />
      <source>Sources are the layers of the project and the files dropped here.</source>
      <translation>数据来自工程中的图层，以及拖放到这里的文件。</translation>
    </message>
    <message>
      <location filename="../../ui/sources.py" />
      <source>There is no file {names}.</source>
      <translation>文件不存在：{names}。</translation>
    </message>
    <message>
      <location filename="../../ui/sources.py" />
      <source>Fields…</source>
      <translation>字段…</translation>
    </message>
    <message>
      <location filename="../../ui/sources.py" />
      <source>Add files</source>
      <translation>添加文件</translation>
    </message>
    <message>
      <location filename="../../ui/sources.py" />
      <source>Data</source>
      <translation>数据</translation>
    </message>
    <message>
      <location filename="../../ui/sources.py" />
      <source>Add a folder</source>
      <translation>添加文件夹</translation>
    </message>
    <message>
      <location filename="../../ui/statuses.py" />
      <source>Change %n findings</source>
      <translation>修改 %n 个问题</translation>
    </message>
    <message>
      <location filename="../../ui/threshold_table.py" />
      <source>Threshold</source>
      <translation>阈值</translation>
    </message>
    <message>
      <location filename="../../ui/threshold_table.py" />
      <source>Value</source>
      <translation>采用值</translation>
    </message>
    <message>
      <location filename="../../ui/threshold_table.py" />
      <source>Unit</source>
      <translation>单位</translation>
    </message>
    <message>
      <location filename="../../ui/threshold_table.py" />
      <source>Standard value</source>
      <translation>标准值</translation>
    </message>
    <message>
      <location filename="../../ui/threshold_table.py" />
      <source>Reason of the change</source>
      <translation>更改理由</translation>
    </message>
    <message>
      <location filename="../../ui/threshold_table.py" />
      <source>Basis</source>
      <translation>依据</translation>
    </message>
    <message>
      <location filename="../../ui/threshold_table.py" />
      <source>surely known</source>
      <translation>确切</translation>
    </message>
    <message>
      <location filename="../../ui/threshold_table.py" />
      <source>fairly sure</source>
      <translation>较可靠</translation>
    </message>
    <message>
      <location filename="../../ui/threshold_table.py" />
      <source>a convention of Redline or of offices</source>
      <translation>软件约定或各地做法</translation>
    </message>
    <message>
      <location filename="../../ui/threshold_table.py" />
      <source>Change the value first, then say why.</source>
      <translation>请先更改数值，再填写理由。</translation>
    </message>
  </context>
</TS>
