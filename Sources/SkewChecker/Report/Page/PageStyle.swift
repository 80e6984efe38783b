/// How the page looks: two palettes, one column on a phone.
enum PageStyle {
    static let text = """
        :root{color-scheme:light dark;--bg:#fff;--fg:#1c1e21;--dim:#5f6670;--line:#d9dde3;--card:#f6f7f9;--bad:#c0272d;--good:#1a7f45;
        --wait:#8a5a00;--mark:#2b62c0}
        @media (prefers-color-scheme:dark){:root{--bg:#15171a;--fg:#e6e8eb;--dim:#9aa3ad;--line:#343a42;--card:#1e2126;--bad:#ff7b72;
        --good:#56d364;--wait:#e3b341;--mark:#79a8ff}}
        *{box-sizing:border-box}
        body{margin:0;background:var(--bg);color:var(--fg);font:16px/1.5 system-ui,sans-serif}
        main{max-width:70rem;margin:0 auto;padding:1rem}
        h1{font-size:1.5rem;line-height:1.25}h2{font-size:1.2rem;margin-top:2rem}
        p{max-width:50rem}
        a{color:var(--mark)}
        code{font:0.85em ui-monospace,monospace;overflow-wrap:anywhere}
        .verdict{font-size:.8rem;font-weight:600;border:1px solid;border-radius:1rem;padding:.05rem .55rem;white-space:nowrap}
        .pass{color:var(--good)}.fail,.loss{color:var(--bad)}.inconclusive{color:var(--wait)}
        .next code{font-size:.9rem}
        td code{overflow-wrap:normal;white-space:nowrap}
        .wide{overflow-x:auto}
        table{border-collapse:collapse;font-size:.9rem;min-width:100%}
        th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid var(--line);vertical-align:top}
        th{color:var(--dim);font-weight:600}
        .n{text-align:right;font-variant-numeric:tabular-nums}
        details{background:var(--card);border:1px solid var(--line);border-radius:.5rem;margin:.75rem 0;padding:.5rem .9rem}
        summary{cursor:pointer;font-weight:600;overflow-wrap:anywhere}
        .plots{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,24rem),1fr));gap:1rem;margin:.5rem 0}
        figure{margin:0}figcaption{color:var(--dim);font-size:.85rem}
        svg{display:block;width:100%;height:auto}
        svg text{fill:var(--dim);font:11px system-ui,sans-serif}
        .axis{stroke:var(--line)}.mark{fill:var(--mark)}.bad{fill:var(--bad)}.whisker{stroke:var(--fg);stroke-width:1}
        .median{stroke:var(--bg);stroke-width:1.5}.line{stroke:var(--mark);stroke-width:1.5;fill:none}.none{fill:var(--line)}
        svg text.on{fill:var(--bg);font-weight:700}.map{min-width:40rem}.strip{width:12rem;min-width:12rem}
        input[name=tab]{position:absolute;opacity:0}
        .tabs{display:flex;gap:.5rem;border-bottom:1px solid var(--line);margin-top:1rem}
        .tabs label{cursor:pointer;padding:.35rem .9rem;border:1px solid var(--line);border-bottom:0;border-radius:.5rem .5rem 0 0;color:var(--dim)}
        #tab-skew:checked~.tabs label[for=tab-skew],#tab-drift:checked~.tabs label[for=tab-drift]{background:var(--card);color:var(--fg);
        font-weight:600}
        #tab-skew:focus-visible~.tabs label[for=tab-skew],#tab-drift:focus-visible~.tabs label[for=tab-drift]{outline:2px solid var(--mark)}
        .tab{display:none}#tab-skew:checked~.tab.skew,#tab-drift:checked~.tab.drift{display:block}
        @media print{.tab{display:block}}
        .limit{stroke:var(--dim);stroke-dasharray:3 3}
        """
}
