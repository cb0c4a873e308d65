META
description;Made-up election in the old dialect
num_projects;2
num_votes;3
budget;100,5
vote_type;approval
rule;greedy
PROJECTS
project_id;cost;category;votes;name;target
1;60;x;2;Well;all
2;40;y;2;Shed;all
VOTES
voter_id;age;sex;vote
a;30;F;1
b;41;M;2, 1
c;;;2