import FeatureDefs
import Foundation

/// The `Date` of an answer (RFC 9110, sections 5.6.7 and 6.6.1), spelled out once a second.
struct HTTPDate {
    private var second = Int.min
    private var text = ""

    mutating func now() -> String {
        let now = time(nil)
        if now != second {
            second = now
            text = Self.text(at: now)
        }
        return text
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT`
    ///
    /// - Parameter second: since 1970, not negative.
    static func text(at second: Int) -> String {
        let days = second / 86_400
        let date = CivilDate(daysSinceEpoch: days)
        var text: [UInt8] = []
        // 1970 began on a Thursday.
        text.append(contentsOf: weekdays[(days + 4) % 7].utf8)
        text.append(contentsOf: ", ".utf8)
        text.append(digitsOf: date.day, width: 2)
        text.append(contentsOf: " \(months[date.month - 1]) ".utf8)
        text.append(digitsOf: date.year, width: 4)
        text.append(UInt8(ascii: " "))
        text.append(clockOf: second % 86_400)
        text.append(contentsOf: " GMT".utf8)
        return String(decoding: text, as: UTF8.self)
    }

    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
}
