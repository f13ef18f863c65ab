/** What people write: names, addresses, search words, support tickets, code that they ask about. Each has tripped some filter somewhere. */

export const NAMES = `
O'Brien|D'Angelo|Anne-Marie|Jean-Luc Picard|Nguyễn Văn An|Łukasz Żółć|Søren Ærø|Müller & Söhne|François L'Hôpital|李小龍|Ольга Union|Mary Ann Select
Null|Test User|Drop Table|Robert'); the second|Bobby Tables Jr.|Ann O'Neil-Smith|Ó Súilleabháin|X Æ A-12|van der Berg|al-Rashid|St. John's|T'Pol
`
  .trim()
  .split(/[|\n]/);

export const LABELS = `
training run 7|llama-70b finetune|gpu node (eu-1)|stable diffusion #3|batch 2026-11-28|v1.2.3-rc.1|prod/blue|R&D|50% off test|A/B test: new header|nightly build @ 02:00
exp_0042 [resnet]|lr=0.001, bs=64|seed 1234; epochs 10|team "vision"|x > y comparison|price < 5 $|cost = 3 * hours|user:group:id|key=value|sub-project/alpha|node-1..node-8
don't touch|it's running|Q4 "final" (really)|1+1=2|100%|C++ build|C# service|F# tests|.NET 9|node.js 24|SELECT team's cluster|union rep's laptop|insert coin|update soon
`
  .trim()
  .split(/[|\n]/);

export const SENTENCES = `
Please select a node from the list and update my order.
The union of both sets is larger than either; select the larger one where possible.
I can't log in since I changed my password; it says "invalid token".
We insert about 500 rows per minute and delete them after a day.
Could you drop the table reservation for Friday and set up a new one?
Order by price, then by name, please.
My script prints "hello world" and exits with 1 -- is that expected?
The having and having-not of GPU quota, a short story.
Use 'apt install nginx' and then edit the config; it's in the docs.
What does the exec permission do in the group settings?
Where can I read about the waiting time between jobs?
He said: "it's either 1 or 2", and left.
Our office is at 12 St. John's Road; turn left at the O'Connor pub.
How do I cast a vote for the next release? And is there a limit?
The error was: connection refused (os error 111), retrying in 5 s...
Set the alert for > 80 % and < 95 %, and mail it to ops@example.com.
See https://docs.example.com/guide?page=2&lang=en#install for details.
I'd like to create a database user who can only read.
From 9:00 to 17:00 we're in meetings; call +49 (0)30 1234567 after that.
Why is my bill 3 * 12.50 = 37.50 when the price list says 11.99?
Our team's motto: "break things, then fix 'em"; hence this ticket.
The server answered 500 Internal Server Error twice & then recovered.
Can I run docker with --gpus all, or is it --runtime=nvidia?
It works with python 3.12, but not with 3.13: "module not found".
Thanks!! That did it :-) Have a nice weekend & regards, Łukasz
`
  .trim()
  .split('\n');

export const CODE = `
for (let i = 0; i < 10; i++) console.log(i);
SELECT id, name FROM nodes WHERE region = 'eu-1' ORDER BY name LIMIT 20
pip install torch --index-url https://download.example.org/whl/cu124
#!/bin/sh\\nset -eu\\npython train.py --epochs 10
if (a && b || c) { return a ? b : c; }
<div class="note">Remember to save</div>
def main(): print(open('data.csv').read())
ssh -i key.pem user@node-1.example.com
git commit -m "fix: don't drop the cache"
docker run --rm -it -v $(pwd):/work image bash
`
  .trim()
  .split('\n');
