extension DecodeFuzzer {
  package static func seeds() -> [(name: String, bytes: [UInt8])] {
    let report = event(#""location":{"type":"Point","coordinates":[-71.0589,42.3601]},"keywords":["snow"],"text":"Deep snow""#)
    let cancellation =
      #"{"specversion":"1.0","type":"org.tocsin.report.cancel.v1","source":"/a","id":"c","time":"2015-02-10T14:05:00Z","subject":"7"}"#
    let foreign = event(#""text":"Bäume down, 木が倒れた trees 🌳""#)
    let all = event(
      #""keywords":["Ａ b","a  B","ß","İ","\u0301x","street lights"],"location":null,"reporter":"r","accuracyMeters":30.25"#,
      more: #","subject":"s\u00e9","x":[1,-2.5e3,true,null,{"a":"\ud83d\ude00"}]"#)
    let edge = event(
      #""keywords":[],"text":" \n\t ","location":{"type":"Point","coordinates":[180,-90.00000000000000000000000001]}"#,
      time: "0000-01-01T00:00:00.999999999+23:59")
    let lines = [
      ("report", report), ("cancellation", cancellation), ("text", foreign), ("all", all), ("edge", edge),
      ("three", report + "\n\r\n" + cancellation + "\n \n" + all),
      ("long-decimals", event(#""text":"a","location":{"type":"Point","coordinates":[0.33333333333333333333,1e-400]}"#)),
      ("numbers", event(#""text":"a","accuracyMeters":1e999,"location":{"type":"Point","coordinates":[-0,0,12]}"#)),
      ("escaped-reporter", event(##""text":"a","\u0072eporter":"somebody","data_base64":"c29tZWJvZHk="}"##)),
      ("twice", event(#""text":"a","text":"b""#)), ("nested", event(#""text":"a","x":"# + brackets(40))),
      ("surrogate", event(#""text":"\ud800 \udc00""#)), ("zero", event(#""text":"a\u0000b""#)),
      ("cut", String(report.dropLast(30))), ("rubbish", "}{"), ("blank", " \n\n"), ("empty", ""),
      ("control", report.replacing("snow", with: "sn\u{1}ow")), ("far", event(#""text":"a""#, time: "9999-12-31T23:59:59-23:59")),
    ]
    let arrays = [
      ("array", "[\(report),\(cancellation), \(all)]"), ("array-empty", " [ ]"), ("array-cut", "[\(report),{\"a\":"),
      ("array-broken", "[\(report),}{,\(report)]"), ("array-strings", #"["]","[",",",1,[2,3],null]"#), ("no-array", report),
      ("array-trailing", "[\(report)] x"), ("array-comma", "[\(report),]"),
    ]
    return lines.map { ($0.0, [2] + Array($0.1.utf8)) } + arrays.map { ($0.0, [7] + Array($0.1.utf8)) }
      + [("no-utf8", [2, 0x22, 0xff, 0x22]), ("scope", [16] + Array((report + "\n" + cancellation).utf8))]
  }

  private static func event(_ data: String, time: String = "2015-02-10T13:05:00Z", more: String = "") -> String {
    #"{"specversion":"1.0","type":"org.tocsin.report.v1","source":"/boston/311","id":"1","time":"\#(time)","data":{\#(data)}\#(more)}"#
  }

  private static func brackets(_ count: Int) -> String {
    String(repeating: "[", count: count) + String(repeating: "]", count: count)
  }
}
