-- For the audit: whether moments around this one are in the order of their times. Where the database's clock was set back,
-- the same times came twice, so what happened then cannot be judged by them.
CREATE FUNCTION quell.is_in_order(moment timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT NOT EXISTS (SELECT 1 FROM quell.clock_jumps j WHERE j.least < interval '0'
                         AND moment BETWEEN j.at - interval '1 min' AND j.at - j.least + interval '5 min')
$$;
