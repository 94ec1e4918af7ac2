
(function () {
  "use strict";
  // The list of files: search, filter by grade, sort by column. Without a script the page shows everything as it stands.
  var table = document.getElementById("file-table");
  if (!table) { return; }
  var tools = document.getElementById("file-tools");
  var search = document.getElementById("file-search");
  var grade = document.getElementById("file-grade");
  var count = document.getElementById("file-count");
  var files = Array.prototype.slice.call(table.tBodies);
  var language = document.documentElement.lang;
  var order = new Intl.Collator(language, { numeric: true });
  var number = new Intl.NumberFormat(language);
  var texts = files.map(function (file) { return file.dataset.find.toLocaleLowerCase(language); });

  function filter() {
    var words = search.value.toLocaleLowerCase(language).split(/\s+/).filter(Boolean);
    var shown = 0;
    files.forEach(function (file, place) {
      var keep = (!grade.value || file.dataset.grade === grade.value) &&
        words.every(function (word) { return texts[place].indexOf(word) >= 0; });
      file.hidden = !keep;
      if (keep) { shown += 1; }
    });
    count.textContent = count.dataset.text.replace("{n}", number.format(shown));
  }

  function sort(head) {
    var key = head.dataset.key;
    var numeric = "number" in head.dataset;
    var down = head.getAttribute("aria-sort") === "ascending";
    Array.prototype.forEach.call(table.tHead.rows[0].cells, function (cell) { cell.removeAttribute("aria-sort"); });
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    var sorted = files.slice().sort(function (a, b) {
      var x = a.dataset[key], y = b.dataset[key];
      // Rows without a value stand last in both directions.
      if (x === "" || y === "") { return (x === "") - (y === ""); }
      var least = numeric ? x - y : order.compare(x, y);
      return down ? -least : least;
    });
    var all = document.createDocumentFragment();
    sorted.forEach(function (file) { all.appendChild(file); });
    table.appendChild(all);
  }

  function openTarget() {
    var id = decodeURIComponent(location.hash.slice(1));
    var file = id && document.getElementById(id);
    if (!file || files.indexOf(file) < 0) { return; }
    if (file.hidden) { search.value = ""; grade.value = ""; filter(); }
    file.querySelector("details").open = true;
    file.scrollIntoView();
  }

  Array.prototype.forEach.call(table.tHead.rows[0].cells, function (head) {
    var button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    button.title = table.dataset.sort + " " + head.textContent;
    button.addEventListener("click", function () { sort(head); });
    head.textContent = "";
    head.appendChild(button);
  });
  tools.hidden = false;
  tools.addEventListener("submit", function (event) { event.preventDefault(); });
  search.addEventListener("input", filter);
  grade.addEventListener("change", filter);
  addEventListener("hashchange", openTarget);
  openTarget();
}());
