META
key;value
description;Made-up village that shares out points
country;Finland
unit;Kivikylä
instance;2034
num_projects;7
num_votes;42
budget;30000.75
vote_type;cumulative
rule;greedy
date_begin;01.03.2034
date_end;14.03.2034
min_length;1
max_length;7
max_sum_points;6
language;fi
currency;EUR
PROJECTS
project_id;cost;name
1;12000.50;Skating rink
2;8000;Village oven
A/3;8000;Fishing pier
4;3000;Bird boxes
05;15000;Outdoor gym
6;28000;Swimming hall
7;2500.25;"Book swap; with a ""bench"""
VOTES
voter_id;vote;points
v1;2;4
v2;2,6,4,7;2,1,1,1
v3;A/3,2,05;2,1,2
v4;2,A/3,1;3,1,2
v5;4;4
v6;4;2
v7;A/3,7;4,2
v8;05,2,A/3,7;2,2,1,1
v9;1,4;5,1
v10;6,1,2;4,1,1
v11;2,1,7,05;1,3,1,1
v12;7,4,2,1;1,1,3,1
v13;05,4,1,7;1,3,1,1
v14;05,2,1;3,1,1
v15;7,A/3,1;1,4,1
v16;7,A/3;4,1
v17;7,4,1,05;1,3,1,1
v18;7,6,4,1;3,1,1,1
v19;1,05,2,A/3;1,1,3,1
v20;4,A/3,6;1,2,1
v21;1,05,7;4,1,1
v22;4,A/3;3,1
v23;7,6;1,1
v24;05,4,7;3,2,1
v25;2,A/3,05,6;3,1,1,1
v26;05;2
v27;A/3,7;2,3
v28;1;4
v29;A/3,6;3,2
v30;A/3,1;5,1
v31;7;3
v32;2;2
v33;6,05,1,7;1,3,1,1
v34;7,6,4;2,2,1
v35;A/3,2,7;4,1,1
v36;A/3,4,6;1,3,1
v37;6,05,7,A/3;2,2,1,1
v38;4;6
v39;05,A/3,1;3,2,1
v40;05,1,2,7;1,2,1,1
greedy;1,2;4,3
nought;4;0
