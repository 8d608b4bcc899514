"""A certificate with nothing wrong in it, invented, in which a test changes one thing."""

# ruff: noqa: E501 -- a line of XML is one thing

GOOD = """<?xml version="1.0" encoding="UTF-8"?>
<dcc:digitalCalibrationCertificate xmlns:dcc="https://ptb.de/dcc" xmlns:si="https://ptb.de/si" schemaVersion="3.3.0">
 <dcc:administrativeData>
  <dcc:dccSoftware><dcc:software><dcc:name><dcc:content>by hand</dcc:content></dcc:name><dcc:release>1</dcc:release></dcc:software></dcc:dccSoftware>
  <dcc:coreData>
   <dcc:countryCodeISO3166_1>CN</dcc:countryCodeISO3166_1>
   <dcc:usedLangCodeISO639_1>zh</dcc:usedLangCodeISO639_1><dcc:usedLangCodeISO639_1>en</dcc:usedLangCodeISO639_1>
   <dcc:mandatoryLangCodeISO639_1>zh</dcc:mandatoryLangCodeISO639_1>
   <dcc:uniqueIdentifier>GOOD-1</dcc:uniqueIdentifier>
   <dcc:beginPerformanceDate>2026-01-12</dcc:beginPerformanceDate>
   <dcc:endPerformanceDate>2026-01-13</dcc:endPerformanceDate>
   <dcc:performanceLocation>laboratory</dcc:performanceLocation>
   <dcc:issueDate>2026-01-14</dcc:issueDate>
  </dcc:coreData>
  <dcc:items><dcc:item>
   <dcc:name><dcc:content lang="zh">温度计</dcc:content><dcc:content lang="en">thermometer</dcc:content></dcc:name>
   <dcc:identifications><dcc:identification><dcc:issuer>manufacturer</dcc:issuer><dcc:value>T-1</dcc:value></dcc:identification></dcc:identifications>
  </dcc:item></dcc:items>
  <dcc:calibrationLaboratory><dcc:contact>
   <dcc:name><dcc:content>Lab</dcc:content></dcc:name><dcc:location><dcc:city>Beijing</dcc:city></dcc:location>
  </dcc:contact></dcc:calibrationLaboratory>
  <dcc:respPersons><dcc:respPerson>
   <dcc:person><dcc:name><dcc:content>Li</dcc:content></dcc:name></dcc:person><dcc:mainSigner>true</dcc:mainSigner>
  </dcc:respPerson></dcc:respPersons>
  <dcc:customer><dcc:name><dcc:content>Us</dcc:content></dcc:name><dcc:location><dcc:city>Beijing</dcc:city></dcc:location></dcc:customer>
  <dcc:statements><dcc:statement refType="basic_recalibration"><dcc:date>2027-01-13</dcc:date></dcc:statement></dcc:statements>
 </dcc:administrativeData>
 <dcc:measurementResults><dcc:measurementResult>
  <dcc:name><dcc:content>m</dcc:content></dcc:name><dcc:usedMethods><dcc:usedMethod><dcc:name><dcc:content>JJG 1</dcc:content></dcc:name></dcc:usedMethod></dcc:usedMethods>
  <dcc:measuringEquipments><dcc:measuringEquipment>
   <dcc:name><dcc:content>standard</dcc:content></dcc:name><!--link-->
  </dcc:measuringEquipment></dcc:measuringEquipments><dcc:influenceConditions><dcc:influenceCondition><dcc:name><dcc:content>air</dcc:content></dcc:name><dcc:data><dcc:quantity><si:real><si:value>20</si:value><si:unit>\\degreecelsius</si:unit></si:real></dcc:quantity></dcc:data></dcc:influenceCondition></dcc:influenceConditions>
  <dcc:results><dcc:result>
   <dcc:name><dcc:content>table</dcc:content></dcc:name>
   <dcc:data><dcc:list>
    <dcc:quantity refType="basic_measuredValue">
     <dcc:name><dcc:content>shown</dcc:content></dcc:name>
     <si:hybrid>
      <si:realListXMLList><si:valueXMLList>293.15 303.25</si:valueXMLList><si:unitXMLList>\\kelvin</si:unitXMLList></si:realListXMLList>
      <si:realListXMLList><si:valueXMLList>20.0 30.1</si:valueXMLList><si:unitXMLList>\\degreecelsius</si:unitXMLList></si:realListXMLList>
     </si:hybrid>
    </dcc:quantity>
    <dcc:quantity refType="basic_measurementError">
     <dcc:name><dcc:content>error</dcc:content></dcc:name>
     <si:realListXMLList>
      <si:valueXMLList>0.011 -0.012</si:valueXMLList><si:unitXMLList>\\kelvin</si:unitXMLList>
      <si:expandedUncXMLList>
       <si:uncertaintyXMLList>0.011 0.010</si:uncertaintyXMLList><si:coverageFactorXMLList>2</si:coverageFactorXMLList>
       <si:coverageProbabilityXMLList>0.95</si:coverageProbabilityXMLList>
      </si:expandedUncXMLList>
     </si:realListXMLList>
     <dcc:measurementMetaData><dcc:metaData refType="basic_conformity">
      <dcc:norm>ILAC-G8:09/2019 4.2.1</dcc:norm>
      <dcc:conformityXMLList>pass pass</dcc:conformityXMLList>
      <dcc:data>
       <dcc:quantity refType="basic_toleranceLimitLower"><si:real><si:value>-0.022</si:value><si:unit>\\kelvin</si:unit></si:real></dcc:quantity>
       <dcc:quantity refType="basic_acceptanceLimitLower"><si:real><si:value>-0.020</si:value><si:unit>\\kelvin</si:unit></si:real></dcc:quantity>
       <dcc:quantity refType="basic_acceptanceLimitUpper"><si:real><si:value>0.020</si:value><si:unit>\\kelvin</si:unit></si:real></dcc:quantity>
       <dcc:quantity refType="basic_toleranceLimitUpper"><si:real><si:value>0.022</si:value><si:unit>\\kelvin</si:unit></si:real></dcc:quantity>
      </dcc:data>
     </dcc:metaData></dcc:measurementMetaData>
    </dcc:quantity>
    <dcc:quantity refType="basic_resolution">
     <dcc:name><dcc:content>resolution</dcc:content></dcc:name>
     <si:real><si:value>0.5</si:value><si:unit>\\kelvin</si:unit><si:coverageInterval><si:standardUnc>0.1</si:standardUnc>
      <si:intervalMin>0.4</si:intervalMin><si:intervalMax>0.6</si:intervalMax><si:coverageProbability>0.95</si:coverageProbability>
     </si:coverageInterval></si:real>
    </dcc:quantity>
   </dcc:list></dcc:data>
  </dcc:result></dcc:results>
 </dcc:measurementResult></dcc:measurementResults>
</dcc:digitalCalibrationCertificate>
"""
LINK = "<!--link-->"


def good(*changes: tuple[str, str]) -> bytes:
    """The certificate with texts replaced by others, each of which must be there exactly once."""
    text = GOOD
    for old, new in changes:
        assert text.count(old) == 1, (old, text.count(old))
        text = text.replace(old, new)
    return text.encode()


def link(identifier: str, procedure: str, value: str, linked: str = "") -> str:
    """The certificate of the standard, by hash."""
    return f"<dcc:certificate>{_hash(identifier, procedure, value, linked)}</dcc:certificate>"


def linked(identifier: str, procedure: str, value: str, below: str = "") -> str:
    """What that certificate is said to rest on."""
    return f"<dcc:linkedReport>{_hash(identifier, procedure, value, below)}</dcc:linkedReport>"


def _hash(identifier: str, procedure: str, value: str, below: str) -> str:
    return (
        f"<dcc:referral><dcc:content>x</dcc:content></dcc:referral><dcc:referralID>{identifier}</dcc:referralID>"
        f"<dcc:procedure>{procedure}</dcc:procedure><dcc:value>{value}</dcc:value>{below}"
    )
