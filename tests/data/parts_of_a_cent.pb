META
key;value
description;Made-up election with a byte order mark
country;Finland
unit;Satamala
instance;2031
num_projects;5
num_votes;8
budget;1000.125
vote_type;approval
rule;greedy
date_begin;01.03.2031
date_end;14.03.2031
min_length;1
max_length;3
language;en
currency;EUR
PROJECTS
project_id;cost;votes;name;selected
10;400.25;5;"Jetty; with a ""bench""";1
2;400.25;5;Rowing boats;1
S/3;300;4;Sauna stove;0
7;200.00;2;Bird tower;1
8;2000;1;Lighthouse;0
VOTES
voter_id;vote
vote1;10,2
vote2;10,2
vote3;10
vote4;2,S/3
vote5;2,S/3,7
vote6;S/3,10
vote7;S/3,10,2
projects;8,7
