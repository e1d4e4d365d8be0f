-- Words for checks: where a row stands, as its sender would look for it.
CREATE MACRO file_in_words(file, sheet) AS file || coalesce(', sheet ' || nullif(sheet, ''), '');
CREATE MACRO row_in_words(of_delivery, of_feed, at_row) AS
  (SELECT min(file_in_words(d.file, d.sheet)) FROM delivery d WHERE d.delivery = of_delivery AND d.feed = of_feed) || ', row ' || at_row;
