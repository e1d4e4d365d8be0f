// Package disclosure decides which cells of an output may be shown. A count of
// people from 1 to one less than the threshold is hidden, and so is every other
// cell that would give it away. The package works on numbers handed to it and
// touches nothing else.
//
// # The attacker
//
// He has everything published to him: every shown cell of this output, every cell
// shown in an earlier release to his audience or to the public, and the marks of
// the cells that are hidden. What goes to the public is read by the ministry and
// by readers of the briefing as well, so it must withstand each of the three, each
// with what he has. He knows every relation between counts that the caller states
// (totals, quarters and years, crossings, services and the area, equal figures,
// figures that are at most others, people counted once), in this output and in
// each earlier one. He knows the rules and the threshold: that counts are whole and
// never negative, that a zero is shown, so that a mark is at least 1 (in a crossing beside
// a hidden group it may be 0, which leaves him less), and that where
// marks depend on each other one at least is of a small count. Of a figure that was
// restated since, printed or not, he is taken to know whether it changed; but not, unless
// both are printed, that it came back to what it was two outputs ago. (So every
// release keeps what it did not print as well. Only the room that an inequality
// leaves is nobody's figure, and may be another in each output.) He does not know which
// marks are of small counts and which are only there to protect them: they are
// the same mark.
//
// A shown share is taken to give away its numerator, complement and denominator,
// a shown mean, median or rate the number it is of, whatever the rounding and
// whether or not that number is printed: from 40.2% of 92 anyone has 37. A
// figure that is zero and has no cell in any output is taken to be known: a category
// without a row is empty.
//
// # What is promised
//
// For every hidden count there is another set of whole numbers that fits all of
// the above and in which that count is different. So no count can be had by
// linear algebra, by bounds, or by trying every whole number: two values at
// least are left. The program finds such a set, which proves it, or it
// hides more, or it refuses. (A weaker standard would be that the count cannot
// be solved for; but 1 + 1 = 2 can be read off where zeros are shown. A
// stronger one, that nothing narrower than 1 to 4 may be known, would hide
// far more of tables that are mostly small.)
//
// Of a group that is hidden it is not told either that all of it are of one kind: a zero of
// a crossing is hidden with it, and what would give that away, a share of all too, as far
// as something can be. Here zeros that nobody prints are not taken to be known, no refusal
// comes of it, and of a total and its categories nothing of the kind is promised.
//
// A count that earlier releases gave away is refused when an output prints it to
// those who have them, since the output would then say that it is kept from
// them. It is no reason to keep an output from others.
//
// # The method
//
// A move is a change to counts that no relation notices: +1 here, -1 there, and
// so on round. A move over unknown counts alone is the other set of numbers
// asked for. For each count to protect the cheapest move through it is
// sought; the shown counts on it are hidden. When all are protected, what was
// hidden early and turned out not to be needed is shown again. Where the cheapest are
// not found soon, any whole numbers that fit are looked for.
//
// # What is not promised
//
// He is not taken to run this program on each set of numbers he thinks possible,
// to see which would have hidden these cells. What he knows of single people
// is not considered, nor what people write in a commentary, nor that "met" beside a
// hidden share says on which side of its target that lies. Means are guarded by
// their number alone: the mean of a hidden group cannot be had from the mean of all
// without that number. Relations the caller does not state are not known here: of
// people counted once, by category, it is stated that a year's are no more than its
// quarters', and not that they are no fewer than any one's, since a later case can
// move a person. Medians and percentiles are hidden by package guard, by how many lie
// beyond them and with the share of the same people. An output is held against those
// before it, not against those that may follow: a later one can be refused.
// By how much a shown count moved since an earlier output is no count here: where a late
// file adds two people, 28 that becomes 30 tells that both are of that category.
// Nor is the sum of hidden cells kept where it is itself small: of 12, 9 shown and two
// hidden, the two are 3 together, and each 1 or 2.
// Analysts inside the office see every count (the commands query, metrics, trace
// and conditions); this is about what leaves it.
package disclosure
