// What the text of a page is made of, and how what is pasted becomes that. The server keeps the same elements
// (kam/lib/html.py) and has the last word; here it is made sure that people see while writing what will stay.
window.RichText = (() => {
  const { Schema, tableNodes } = ProseMirror;
  const FILE = /^\/accounts\/[^/?#\s]+\/files\/\d+\/(about\/)?$/;
  const HTTP = /^https?:\/\/[^\s<>"'`\\]+$/i;
  const MAIL = /^mailto:[^\s<>"'`\\:/@]+@[^\s<>"'`\\:/@]+$/i;
  const PHONE = /^tel:\+?[0-9() .-]{2,30}$/i;

  const here = (address) => address.startsWith(`${location.origin}/`) ? address.slice(location.origin.length) : address;
  const file = (address) => (FILE.test(here(address || "")) ? here(address) : null);
  const link = (address) => {
    const trimmed = (address || "").trim();
    return file(trimmed) || (HTTP.test(trimmed) || MAIL.test(trimmed) || PHONE.test(trimmed) ? trimmed : null);
  };

  // What people write as an address: with or without https, an e-mail address, a telephone number. Null: none of these.
  const understood = (written) => {
    const text = written.trim();
    if (link(text)) return link(text);
    if (/^[^\s@:/]+@[^\s@:/]+\.[a-zåäö]{2,}$/i.test(text)) return `mailto:${text}`;
    if (/^\+?[0-9][0-9 ()-]{4,20}$/.test(text)) return `tel:${text.replace(/[ ()]/g, "")}`;
    if (/^[\p{L}\d-]+(\.[\p{L}\d-]+)+([/?#:]\S*)?$/u.test(text)) return link(`https://${text}`);
    return null;
  };

  // --- the parts -----------------------------------------------------------------------------------------------------
  const plain = (tag, content, group = "block") => ({ content, group, parseDOM: [{ tag }], toDOM: () => [tag, 0] });
  const pixels = (dom, name) => (/^[1-9]\d{0,3}$/.test(dom.getAttribute(name) || "") ? dom.getAttribute(name) : null);
  const LEFT_OUT = "svg, math, iframe, object, select, textarea, template, xmp, noembed, noframes, audio, video, canvas";
  const nodes = {
    doc: { content: "block+" },
    paragraph: {
      content: "inline*",
      group: "block cell",
      parseDOM: [{ tag: "p" }, { tag: LEFT_OUT, ignore: true }],
      toDOM: () => ["p", 0],
    },
    heading: {
      attrs: { level: { default: 2 } },
      content: "inline*",
      group: "block",
      defining: true,
      parseDOM: [
        { tag: "h1, h2", attrs: { level: 2 } },
        { tag: "h3, h4, h5, h6", attrs: { level: 3 } },
      ],
      toDOM: (node) => [`h${node.attrs.level}`, 0],
    },
    blockquote: { ...plain("blockquote", "block+"), defining: true },
    bullet_list: plain("ul", "list_item+", "block cell"),
    ordered_list: plain("ol", "list_item+", "block cell"),
    list_item: { ...plain("li", "paragraph (paragraph | bullet_list | ordered_list)*", ""), defining: true },
    code_block: {
      ...plain("pre", "text*"),
      marks: "",
      code: true,
      defining: true,
      parseDOM: [{ tag: "pre", preserveWhitespace: "full" }],
    },
    horizontal_rule: { group: "block", parseDOM: [{ tag: "hr" }], toDOM: () => ["hr"] },
    ...tableNodes({
      tableGroup: "block",
      cellContent: "cell+",
      cellAttributes: {
        scope: {
          default: null,
          getFromDOM: (dom) => dom.getAttribute("scope"),
          setDOMAttr: (value, attributes) => {
            if (value) attributes.scope = value;
          },
        },
      },
    }),
    image: {
      inline: true,
      attrs: { src: {}, alt: { default: "" }, width: { default: null }, height: { default: null } },
      group: "inline",
      draggable: true,
      parseDOM: [
        {
          tag: "img[src]",
          getAttrs: (dom) => {
            const src = file(dom.getAttribute("src"));
            const alt = dom.getAttribute("alt") || "";
            return src ? { src, alt, width: pixels(dom, "width"), height: pixels(dom, "height") } : false;
          },
        },
      ],
      toDOM: (node) => ["img", node.attrs],
    },
    hard_break: { inline: true, group: "inline", selectable: false, parseDOM: [{ tag: "br" }], toDOM: () => ["br"] },
    text: { group: "inline" },
  };
  const marks = {
    link: {
      attrs: { href: {} },
      inclusive: false,
      parseDOM: [
        {
          tag: "a[href]",
          getAttrs: (dom) => {
            const href = link(dom.getAttribute("href"));
            return href ? { href } : false;
          },
        },
      ],
      toDOM: (mark) => ["a", { href: mark.attrs.href }, 0],
    },
    strong: {
      parseDOM: [{ tag: "strong, b" }],
      toDOM: () => ["strong", 0],
    },
    em: { parseDOM: [{ tag: "em, i, cite" }], toDOM: () => ["em", 0] },
    code: { parseDOM: [{ tag: "code, kbd, samp, tt" }], toDOM: () => ["code", 0] },
  };
  const schema = new Schema({ nodes, marks });

  // --- what is pasted -------------------------------------------------------------------------------------------------
  const isWordsListItem = (element) =>
    element?.localName === "p" && /mso-list:\s*l\d+ level\d/.test(element.getAttribute("style") || "");
  const level = (item) => Number(item.getAttribute("style").match(/level(\d)/)[1]);

  // Word writes lists as paragraphs with a sign in front: the sign goes, the lists come back.
  const restoreLists = (body) => {
    for (const first of body.querySelectorAll("p")) {
      if (!first.isConnected || !isWordsListItem(first)) continue;
      const open = [];
      let next = first;
      while (isWordsListItem(next)) {
        const item = next;
        next = item.nextElementSibling;
        const sign = [...item.querySelectorAll("span")].find((one) => /mso-list:\s*ignore/i.test(one.getAttribute("style") || ""));
        const numbered = /^[([]?(\d+|[a-z]|[ivx]+)[.)]/i.test(sign ? sign.textContent.trim() : "");
        sign?.remove();
        while (open.length > level(item)) open.pop();
        if (!open.length || open.length < level(item)) {
          const list = body.ownerDocument.createElement(numbered ? "ol" : "ul");
          const parent = open.at(-1)?.lastElementChild;
          if (parent) parent.append(list);
          else item.before(list);
          open.push(list);
        }
        const line = body.ownerDocument.createElement("li");
        line.append(...item.childNodes);
        open.at(-1).append(line);
        item.remove();
      }
    }
  };

  // Bold and italic that are said by styles. They are read as text: under the content policy no style is in force here.
  const styled = (element, name) =>
    element.getAttribute("style").match(new RegExp(`(?:^|;)\\s*${name}\\s*:\\s*([^;!]+)`, "i"))?.[1].trim() || "";
  const wrap = (element, tag) => {
    const around = element.ownerDocument.createElement(tag);
    around.append(...element.childNodes);
    element.append(around);
  };
  const restoreMarks = (body) => {
    for (const one of body.querySelectorAll("[style]")) {
      const weight = styled(one, "font-weight");
      // Google wraps whatever is copied in a bold that is not bold.
      if (one.localName === "b" && /^(normal|[1-4]00)$/i.test(weight)) one.replaceWith(...one.childNodes);
      else if (/^(span|a|font)$/.test(one.localName)) {
        if (/^(bold(er)?|[6-9]00)$/i.test(weight)) wrap(one, "strong");
        if (/^(italic|oblique)/i.test(styled(one, "font-style"))) wrap(one, "em");
      }
    }
  };

  const fromData = (address, number) => {
    const parts = address.match(/^data:(image\/(?:png|jpeg|gif|webp));base64,([a-z0-9+/=\s]+)$/i);
    if (!parts) return null;
    const bytes = Uint8Array.from(atob(parts[2].replace(/\s/g, "")), (sign) => sign.charCodeAt(0));
    return new File([bytes], `${number}.${parts[1].split("/")[1]}`, { type: parts[1] });
  };

  // Read what is pasted in a document that loads and runs nothing. Returns the HTML for the editor, the pictures that
  // came inside it, and how many pictures lie elsewhere and cannot be taken along.
  const tidied = (html) => {
    const { body } = new window.DOMParser().parseFromString(html, "text/html");
    const files = [];
    let elsewhere = 0;
    for (const image of body.querySelectorAll("img")) {
      const source = image.getAttribute("src") || "";
      if (file(source)) continue;
      const inside = fromData(source, files.length + 1);
      if (inside) files.push(inside);
      else elsewhere += 1;
      image.remove();
    }
    restoreLists(body);
    restoreMarks(body);
    for (const line of body.querySelectorAll("p")) {
      if (!line.textContent.trim() && !line.querySelector("img")) line.remove();
    }
    return { html: body.innerHTML, files, elsewhere };
  };

  return { schema, link, understood, tidied };
})();
