META
key;value
description;Satama
country;Finland
unit;Satamala
instance;2026
num_projects;5
num_votes;16
budget;1000
vote_type;cumulative
rule;greedy
date_begin;01.03.2026
date_end;15.03.2026
min_length;1
min_points;1
min_sum_points;0
max_sum_points;6
language;en
currency;EUR
PROJECTS
project_id;cost;votes;score;name;selected
1;300;7;12;No 1;1
2;500.50;5;9;No 2;0
3;200;6;13;No 3;1
4;300;3;5;No 4;1
5;1200;6;14;No 5;0
VOTES
voter_id;vote;points
1;1;2
2;1;2
3;2;3
4;3;2
5;4;1
6;5;2
7;5;2
8;5;3
9;1,2;1,1
10;3,1;2,1
11;3,1;3,2
12;1,2;3,1
13;2,5;3,3
14;4,1,3;2,1,1
15;3,5,2;3,2,1
16;3,4,5;2,2,2
