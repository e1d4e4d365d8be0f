-- metric:  TR02O places_offered
-- title:   Places offered
-- count:   sum places_offered
-- when:    session_date
-- scopes:  all fund provider
-- protect: none
-- unit:    places
SELECT * FROM delivered_session
