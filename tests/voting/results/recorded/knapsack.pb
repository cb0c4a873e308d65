META
key;value
description;Satama
country;Finland
unit;Satamala
instance;2026
num_projects;5
num_votes;13
budget;1000
vote_type;approval
rule;greedy
date_begin;01.03.2026
date_end;15.03.2026
min_length;1
max_sum_cost;800
language;en
currency;EUR
PROJECTS
project_id;cost;votes;name;selected
1;300;6;No 1;1
2;500.50;4;No 2;0
3;200;6;No 3;1
4;300;4;No 4;1
5;1200;0;No 5;0
VOTES
voter_id;vote
1;1
2;1
3;2
4;2
5;2
6;3
7;4
8;1,3
9;1,3
10;1,4
11;2,3
12;3,4
13;1,3,4
