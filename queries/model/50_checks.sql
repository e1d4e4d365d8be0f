-- Words for checks: where a row stands, as its sender would look for it.
CREATE MACRO row_in_words(of_delivery, of_feed, at_row) AS
  (SELECT min(d.file) FROM delivery d WHERE d.delivery = of_delivery AND d.feed = of_feed) || ', row ' || at_row;
