-- metric:  TR02B places_booked
-- title:   Places booked
-- count:   sum coalesce(places_booked, 0)
-- when:    session_date
-- scopes:  all fund provider
-- protect: none
-- unit:    places
SELECT * FROM delivered_session
