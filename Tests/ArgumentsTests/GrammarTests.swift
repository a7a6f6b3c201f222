import Arguments
import Reports
import TestSupport
import Testing

/// What people type for times, lengths, places and boxes, and what they are told where it means nothing.
@Suite struct GrammarTests {
  /// A Thursday.
  let now = Timestamp("2026-03-05T10:20:30Z") ?? Timestamp(microseconds: 0)

  private func check(_ text: String, _ expected: String?, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(Moment.timestamp(text, now: now)?.description == expected, "\(text)", sourceLocation: sourceLocation)
  }

  @Test func weekdaysAreTheLatestThatIsNotInTheFuture() {
    check("monday", "2026-03-02T00:00:00Z")
    check("Mon 18:00", "2026-03-02T18:00:00Z")
    check("thursday", "2026-03-05T00:00:00Z")
    check("thu 10:20", "2026-03-05T10:20:00Z")
    check("thursday 18:00", "2026-02-26T18:00:00Z")
    check("last thursday", "2026-02-26T00:00:00Z")
    check("last friday 09:00", "2026-02-27T09:00:00Z")
    check("friday", "2026-02-27T00:00:00Z")
    check("mo", nil)
    check("mondays", nil)
    check("last", nil)
  }

  @Test func daysAndTimesOfDay() {
    check("18:00", "2026-03-05T18:00:00Z")
    check("today 9:05", "2026-03-05T09:05:00Z")
    check("tomorrow", "2026-03-06T00:00:00Z")
    check("yesterday 18:00 -05:00", "2026-03-04T23:00:00Z")
    check("2015-02-10 13:05 UTC", "2015-02-10T13:05:00Z")
    check("2015-02-10 13:05:06.25", "2015-02-10T13:05:06.25Z")
    check("1h30m ago", "2026-03-05T08:50:30Z")
    check("2 days 3 hours ago", "2026-03-03T07:20:30Z")
    check("in 2h", "2026-03-05T12:20:30Z")
    for text in ["yesterday 24:00", "18", "18:0:0:0", "ago", "in", "1h ago ago", "yesterday yesterday", "12:00 13:00", "2h"] {
      check(text, nil)
    }
  }

  @Test func datesOfISO8601() {
    check("20150210", "2015-02-10T00:00:00Z")
    check("20150210T130506Z", "2015-02-10T13:05:06Z")
    check("2015-02-10T13", "2015-02-10T13:00:00Z")
    check("2015-02-10T1305+0100", "2015-02-10T12:05:00Z")
    check("2015-02", "2015-02-01T00:00:00Z")
    check("2015", "2015-01-01T00:00:00Z")
    check("2015-041", "2015-02-10T00:00:00Z")
    check("2016-366", "2016-12-31T00:00:00Z")
    check("2015-366", nil)
    check("2015-13", nil)
    // Of the standard and of its notes: 2008-12-29 is 2009-W01-1, 2010-01-03 is 2009-W53-7; 2015 has 53 weeks, 2014 has 52.
    check("2009-W01-1", "2008-12-29T00:00:00Z")
    check("2009-W53-7", "2010-01-03T00:00:00Z")
    check("2015-W07", "2015-02-09T00:00:00Z")
    check("2014-W53", nil)
    check("2015-W00", nil)
    check("2015-W07-8", nil)
  }

  /// Any day, told by its ordinal, its week and its date, is one day; the weekday of its week is that of its name.
  @Test(arguments: 0..<32 as Range<UInt64>) func threeWaysToTellADayAgree(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let year = Int.random(in: 1900...2099, using: &generator)
    let ordinal = Int.random(in: 1...365, using: &generator)
    func padded(_ number: Int, _ count: Int) -> String { String(String(number + 1_000_000_000).suffix(count)) }
    let day = try #require(Moment.timestamp("\(year)-\(padded(ordinal, 3))", now: now), "seed \(seed)")
    #expect(Moment.timestamp(String(day.description.prefix(10)), now: now) == day, "seed \(seed)")
    var weeks: [String] = []
    for week in 1...53 {
      for weekday in 1...7 {
        for weekYear in year - 1...year + 1 {
          let text = "\(weekYear)-W\(padded(week, 2))-\(weekday)"
          if Moment.timestamp(text, now: now) == day { weeks.append(text) }
        }
      }
    }
    #expect(weeks.count == 1, "seed \(seed): \(weeks)")
    let names = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    let weekday = try #require(weeks.first?.last?.wholeNumberValue)
    #expect(Moment.timestamp(names[weekday - 1], now: day) == day, "seed \(seed)")
  }

  private func advice(_ text: String, _ expected: String?, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(Moment.timestamp(text, now: now) == nil, "\(text)", sourceLocation: sourceLocation)
    #expect(Moment.advice(text, now: now) == expected, "\(text)", sourceLocation: sourceLocation)
  }

  @Test func timesThatDoNotExistAreToldWhatToWrite() {
    advice("2015-02-30", "February 2015 has 28 days: write 2015-02-28 or 2015-03-01")
    advice("2016-02-30T10:00", "February 2016 has 29 days: write 2016-02-29 or 2016-03-01")
    advice("2015-12-32", "December 2015 has 31 days: write 2015-12-31 or 2016-01-01")
    advice("2015-02-00", "days count from 01: write 2015-02-01")
    advice("2015-30-01", "a year has 12 months: write 2015-01-30")
    advice("2015-2-9", "write 2015-02-09")
    advice("13/02/2015", "write 2015-02-13")
    advice("02/10/2015", "the year comes first: write 2015-02-10 or 2015-10-02, whichever is meant")
    advice("10.10.2015", "write 2015-10-10")
    advice("2h", "write \"2h ago\"")
    advice("2 months ago", "months and years have no one length: write days, such as \"60d ago\", or a date")
    advice("yesterday 25:00", "hours go from 00 to 23, minutes and seconds to 59, and a zone is Z or an offset such as -05:00")
    advice("yesterdya", "did you mean yesterday?")
    advice("last thrusday", "did you mean thursday?")
    advice("1423573500", "seconds since 1970 are written as a date: 2015-02-10T13:05:00Z")
    advice("xyzzy", nil)
    advice("", nil)
  }

  @Test func distancesThatAreNoneAreToldWhatToWrite() {
    for (text, meters) in ["2 miles": 3_218.688, "3 meters": 3.0, "2nmi": 3_704, "100yd": 91.44, "1 KM": 1_000] {
      #expect(abs((Distance.meters(text) ?? 0) - meters) < 1e-9, "\(text)")
    }
    let cases = [
      "2": "2 of what? write 2m, 2km or 2mi", "1,5km": "write 1.5km", "0m": "write 1m for the place itself",
      "999999km": "nothing on Earth is further away than 20100km",
    ]
    for (text, expected) in cases { #expect(Distance.meters(text) == nil && Distance.advice(text) == expected, "\(text)") }
    #expect(Distance.advice("far") == nil)
  }

  @Test func lengthsOfTime() {
    for (text, seconds) in ["15m": 900, "1h30m": 5_400, "1 day": 86_400, "2w": 1_209_600, "90 s": 90] as [String: Int64] {
      #expect(Period.seconds(text) == seconds, "\(text)")
    }
    for text in ["", "5", "h", "1x", "-1h", "1.5h", "1h x"] { #expect(Period.seconds(text) == nil, "\(text)") }
    #expect(Period.advice("5") == "5 of what? write 5m, 5h or 5d")
    #expect(Period.advice("1 month") == "months and years have no one length: write days, such as 30d")
  }

  @Test func placesAndBoxesThatDoNotExistAreToldWhatToWrite() {
    let places = [
      "-171.06,42.36": "is the longitude first? write 42.36,-171.06", "91,95": "latitudes go from -90 to 90, and 91 is none",
      "0,181": "longitudes go from -180 to 180, and 181 is none", "42.36 -71.06": "write 42.36,-71.06",
      "-71.2,42.2,-71.0,42.4": "that is a box: give it as --bbox",
    ]
    for (text, expected) in places { #expect(Place.coordinate(text) == nil && Place.advice(text) == expected, "\(text)") }
    let boxes = [
      "0,10,1,-10": "the south 10 lies above the north -10: write 0,-10,1,10",
      "-71.0,42.4,-71.2,42.2": "the south 42.4 lies above the north 42.2: write -71.2,42.2,-71.0,42.4",
      "-71.0,42.2,-71.2,42.4": "from west -71.0 eastward to -71.2 it goes nearly round the Earth: write -71.2,42.2,-71.0,42.4",
      "42.2,-171.2,42.4,-171.0": "is the latitude first? write -171.2,42.2,-171.0,42.4",
      "0,95,1,91": "latitudes go from -90 to 90, and 95 is none", "0,0,190,1": "longitudes go from -180 to 180, and 190 is none",
      "42.3,-71.1": "that is a place: give it as --near, with --within",
    ]
    for (text, expected) in boxes { #expect(Place.box(text) == nil && Place.boxAdvice(text) == expected, "\(text)") }
    for text in ["1,2,3", "x,0,1,1", "nan,0,1,1"] { #expect(Place.boxAdvice(text) == nil, "\(text)") }
    // Across the antimeridian, as RFC 7946 has it.
    #expect(Place.box("170,-10,-170,10") != nil)
  }
}
