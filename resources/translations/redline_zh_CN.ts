<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
  <context>
    <name>Redline</name>
    <message>
      <location filename="../../plugin.py" />
      <source>County audit…</source>
      <translation>县级核查…</translation>
    </message>
  </context>
</TS>
