import Foundation
import Testing

@testable import SkewChecker

/// The page as a browser lays it out: on a phone and a desk, by day and by night.
@Suite(.serialized) struct SkewPageRenderingTests {
    private struct Measured: Decodable {
        let width: Int
        let scrollWidth: Int
        /// What is wider than the page and does not scroll by itself.
        let tooWide: [String]
        let svgs: Int
        let emptySVGs: Int
        let marks: Int
        /// Words of tables that are broken into a column of letters.
        let tallWords: Int
        /// Texts of plots that reach beyond their plot.
        let cutOff: [String]
        let background: String
        let color: String
        let resources: Int
    }

    /// Lays the page out in a frame of a width and writes what it measures into the host's `data-measured`.
    private func measured(_ page: String, width: Int, isDark: Bool) async throws -> Measured {
        let text = String(decoding: try JSONEncoder().encode(page), as: UTF8.self).replacing("</", with: "<\\/")
        let host = """
            <!DOCTYPE html><html><body><iframe id="f" width="\(width)" height="3000" style="border:0"></iframe><script>
            const frame = document.getElementById("f");
            frame.onload = () => {
              const inner = frame.contentDocument, view = frame.contentWindow;
              for (const d of inner.querySelectorAll("details")) d.open = true;
              const scrolls = e => { for (; e; e = e.parentElement) if (e.classList && e.classList.contains("wide")) return true; return false };
              const all = [...inner.querySelectorAll("body *")];
              const style = view.getComputedStyle(inner.body);
              document.body.dataset.measured = JSON.stringify({
                width: view.innerWidth, scrollWidth: inner.documentElement.scrollWidth,
                tooWide: all.filter(e => !scrolls(e) && e.getBoundingClientRect().right > view.innerWidth + 1).map(e => e.tagName),
                svgs: inner.querySelectorAll("svg").length,
                emptySVGs: [...inner.querySelectorAll("svg")].filter(e => e.getBoundingClientRect().height < 20).length,
                cutOff: [...inner.querySelectorAll("svg text")].filter(e => { const t = e.getBBox(), v = e.ownerSVGElement.viewBox.baseVal;
                  return t.x < 0 || t.y < 0 || t.x + t.width > v.width || t.y + t.height > v.height }).map(e => e.textContent),
                tallWords: [...inner.querySelectorAll("td code")].filter(e => e.getBoundingClientRect().height > 40).length,
                marks: inner.querySelectorAll("svg rect, svg circle").length,
                background: style.backgroundColor, color: style.color,
                resources: view.performance.getEntriesByType("resource").length });
            };
            frame.srcdoc = \(text);
            </script></body></html>
            """
        let opened = try await HeadlessBrowser().open(host, isDark: isDark)
        #expect(opened.console.isEmpty, "\(opened.console)")
        let found = try #require(opened.document.firstMatch(of: #/data-measured="([^"]*)"/#))
        let json = String(found.1).replacing("&quot;", with: "\"").replacing("&amp;", with: "&")
        return try JSONDecoder().decode(Measured.self, from: Data(json.utf8))
    }

    @Test(arguments: [390, 1280], [true, false])
    func nothingIsCutOffAndEveryPlotIsDrawn(width: Int, isDark: Bool) async throws {
        let page = SkewPage(SkewReportFormsTests.document).text
        let measured = try await measured(page, width: width, isDark: isDark)
        #expect(measured.width == width && measured.scrollWidth <= width, "\(measured)")
        #expect(measured.tooWide.isEmpty, "\(measured.tooWide)")
        #expect(measured.svgs == 10 && measured.emptySVGs == 0 && measured.marks > 400, "\(measured)")
        #expect(measured.resources == 0 && measured.cutOff.isEmpty && measured.tallWords == 0, "\(measured)")
        let (paper, ink) = (try brightness(measured.background), try brightness(measured.color))
        #expect(isDark ? paper < 60 && ink > 180 : paper > 200 && ink < 80, "\(measured.background) \(measured.color)")
        if let kept = ProcessInfo.processInfo.environment["ASOF_KEEP_REPORT"] {
            let picture = URL(filePath: kept).appending(path: "page-\(width)-\(isDark ? "dark" : "light").png")
            _ = try await HeadlessBrowser().open(page, isDark: isDark, screenshot: picture, size: "\(width),2600")
        }
    }

    /// The test can fail: a table that is not in a scrolling box is found.
    @Test func whatIsTooWideIsFound() async throws {
        let page = SkewPage(SkewReportFormsTests.document).text.replacing("<div class=\"wide\">", with: "<div>")
        let measured = try await measured(page, width: 390, isDark: false)
        #expect(!measured.tooWide.isEmpty)
    }

    private func brightness(_ color: String) throws -> Int {
        let channels = color.matches(of: #/[0-9.]+/#).prefix(3).compactMap { Double($0.output) }
        try #require(channels.count == 3, "\(color)")
        return Int(channels.reduce(0, +) / 3)
    }
}
