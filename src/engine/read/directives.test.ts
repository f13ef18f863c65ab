import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Directive, DirectiveClass } from '../../model/document.ts';
import { readDirectives } from './directives.ts';

/** `line:column name [args] {children}`, to read at a glance. */
function show(directives: readonly Directive[]): string[] {
  return directives.map(({ name, args, children, origin }) => {
    const inner = children === undefined ? '' : ` {${show(children).join('; ')}}`;
    return `${origin.line}:${origin.column} ${name} ${JSON.stringify(args)}${inner}`;
  });
}

function read(kind: DirectiveClass, text: string, path = 'file'): { directives: string[]; problems: string[] } {
  const { directives, problems } = readDirectives(kind, text, path);
  return {
    directives: show(directives),
    problems: problems.map(({ message, line, column }) => `${line}:${column} ${message}`),
  };
}

describe('Dockerfile', () => {
  it('reads flags, both forms of commands, pairs and continued lines', () => {
    const text = `FROM --platform=$BUILD node:20@sha256:ab AS build
RUN --mount=type=secret,id=x apt-get \\
  # a comment

  install y
CMD ["node", "a b.js"]
ENV A=1 B="x y" C=z\\ w
ENV OLD value here
  user 10001:0
`;
    expect(read('dockerfile', text)).toEqual({
      directives: [
        '1:1 FROM ["--platform=$BUILD","node:20@sha256:ab","AS","build"]',
        '2:1 RUN ["--mount=type=secret,id=x","apt-get   install y"]',
        '6:1 CMD ["node","a b.js"]',
        '7:1 ENV ["A=1","B=x y","C=z w"]',
        '8:1 ENV ["OLD=value here"]',
        '9:3 USER ["10001:0"]',
      ],
      problems: [],
    });
  });

  it('reads heredocs, what ONBUILD delays, and directives of the parser', () => {
    const text =
      '# syntax=docker/dockerfile:1\n# escape=`\nRUN a `\n  b\nCOPY <<-A <<"B" /x/\n\tone\n\tA\nUSER root\nB\nONBUILD USER 1\n';
    expect(read('dockerfile', text).directives).toEqual([
      '1:1 syntax ["docker/dockerfile:1"]',
      '2:1 escape ["`"]',
      '3:1 RUN ["a   b"]',
      '5:1 COPY ["<<-A","<<B","/x/"] {6:1 heredoc ["one"]; 8:1 heredoc ["USER root"]}',
      '10:1 ONBUILD ["USER 1"] {10:1 USER ["1"]}',
    ]);
  });

  it('names what is no instruction, and a heredoc that is not closed', () => {
    expect(read('dockerfile', 'FROM a\nhello world\nRUN cat <<X\n').problems).toEqual([
      '2:1 expected an instruction such as FROM or RUN',
      '3:1 the heredoc X is not closed',
    ]);
  });

  it('does not take a shift or a here-string for a heredoc', () => {
    expect(read('dockerfile', 'RUN echo $((1<<2)) && cat <<<word\nUSER 1\n').problems).toEqual([]);
  });
});

describe('CODEOWNERS', () => {
  it('reads rules with and without owners, comments and escapes', () => {
    expect(read('codeowners', '# c\n* @org/all # x\n/docs/ a@b.co @me\n/a\\ b\\#c @z\n/none\n', 'CODEOWNERS')).toEqual({
      directives: ['2:1 * ["@org/all"]', '3:1 /docs/ ["a@b.co","@me"]', '4:1 /a b#c ["@z"]', '5:1 /none []'],
      problems: [],
    });
  });

  it('names the lines that GitHub ignores', () => {
    expect(read('codeowners', '!x @y\n/a bad\n', 'CODEOWNERS').problems).toEqual([
      '1:1 GitHub ignores the pattern "!x"',
      '2:1 "bad" is no owner, expected @user, @org/team or an e-mail address',
    ]);
  });

  it("reads GitLab's sections", () => {
    expect(read('codeowners', '[Docs Team][2] @d\n*.md\n', '.gitlab/CODEOWNERS').directives).toEqual([
      '1:1 [Docs Team] ["@d"]',
      '2:1 *.md []',
    ]);
  });
});

describe('Redis', () => {
  it('reads settings, quotes and users', () => {
    const text =
      '# c\nMaxMemory 1gb\nrequirepass "a\\x41 \\"b"\nuser x on >p (+get ~a*) ~b\nrename-command CONFIG ""\nsave \'it\\\'s\'\n';
    expect(read('redis-conf', text)).toEqual({
      directives: [
        '2:1 maxmemory ["1gb"]',
        '3:1 requirepass ["aA \\"b"]',
        '4:1 user ["x","on",">p","(+get ~a*)","~b"]',
        '5:1 rename-command ["CONFIG",""]',
        '6:1 save ["it\'s"]',
      ],
      problems: [],
    });
  });

  it('reports includes and open quotes', () => {
    expect(read('redis-conf', 'include /x\nbad "q\nworse "q"x\n').problems).toEqual([
      '1:1 a file is included here, which is not read',
      '2:1 a quote is not closed',
      '3:1 a quote is not closed',
    ]);
  });

  it('reads an ACL file', () => {
    expect(read('redis-acl', 'user default off nopass\n\nuser a on (%R~x +get) &c\nfoo\nuser\n')).toEqual({
      directives: ['1:1 user ["default","off","nopass"]', '3:1 user ["a","on","(%R~x +get)","&c"]'],
      problems: ['4:1 expected "user NAME RULES…"', '5:1 expected "user NAME RULES…"'],
    });
  });
});

describe('PostgreSQL', () => {
  it('reads settings with and without =, quotes and escapes', () => {
    const text = "ssl = on # x\nlisten_addresses '*'\nLog_Line_Prefix = '%m ''x'' \\'y\\101'\nport=5432\nempty = ''\n";
    expect(read('postgres-conf', text)).toEqual({
      directives: [
        '1:1 ssl ["on"]',
        '2:1 listen_addresses ["*"]',
        "3:1 log_line_prefix [\"%m 'x' 'yA\"]",
        '4:1 port ["5432"]',
        '5:1 empty [""]',
      ],
      problems: [],
    });
  });

  it('reports includes and what is no setting', () => {
    expect(read('postgres-conf', "bad\n  include_dir 'x'\nx = 'open\ny = 1 2\n").problems).toEqual([
      '1:1 expected "name = value"',
      '2:3 a file is included here, which is not read',
      '3:1 expected "name = value"',
      '4:1 expected "name = value"',
    ]);
  });

  it('reads records of pg_hba with masks, lists, quotes and continued lines', () => {
    const text =
      'local all all peer\nhost all,x "all" 10.0.0.0 255.0.0.0 scram-sha-256 a=b # c\nhostssl a, b "u" \\\n 0.0.0.0/0 md5\nhost all all ::1/128 trust\n';
    expect(read('pg-hba', text)).toEqual({
      directives: [
        '1:1 local ["all","all","","peer"]',
        '2:1 host ["all,x","\\"all\\"","10.0.0.0 255.0.0.0","scram-sha-256","a=b"]',
        '3:1 hostssl ["a,b","u","0.0.0.0/0","md5"]',
        '5:1 host ["all","all","::1/128","trust"]',
      ],
      problems: [],
    });
  });

  it('reports includes, lists in files and records that are cut short', () => {
    expect(
      read('pg-hba', 'include other.conf\nhost @f all all trust\nhost a b\nlocal a\nhots a b c d\nlocal "a\n').problems,
    ).toEqual([
      '1:1 a file is included here, which is not read',
      '2:1 names are listed in another file, which is not read',
      '3:1 expected database, user, address and method after host',
      '4:1 expected database, user and method after local',
      '5:1 "hots" is no connection type, expected local, host, hostssl, hostnossl, hostgssenc, hostnogssenc',
      '6:1 a quote is not closed',
    ]);
  });
});

describe('env file', () => {
  it('reads exports, quotes, comments and values over several lines', () => {
    const text = 'export A=1 # c\nB="x\ny" # z\nC=\'#a\'\nD\nE=\nF="a\\nb"\n G = x#y\n# H=1\n';
    expect(read('env-file', text)).toEqual({
      directives: [
        '1:1 A ["1"]',
        '2:1 B ["x\\ny"]',
        '4:1 C ["#a"]',
        '5:1 D []',
        '6:1 E [""]',
        '7:1 F ["a\\nb"]',
        '8:2 G ["x#y"]',
      ],
      problems: [],
    });
  });

  it('reports what is no variable without quoting it', () => {
    expect(read('env-file', 'bad line hunter2\nA="open hunter2').problems).toEqual([
      '1:1 expected "NAME=value"',
      '2:1 the quote of A is not closed',
    ]);
  });
});

describe('nginx', () => {
  it('reads nested blocks, quotes and variables', () => {
    const text = `user x;
http {
  server { listen 443 ssl; # c }
    location ~ "\\.php{2}$" { proxy_pass http://\${up}; add_header X "a;b{\\"" always; }
  }
  map $a $b { default ""; }
}
`;
    expect(read('nginx-conf', text)).toEqual({
      directives: [
        '1:1 user ["x"]',
        '2:1 http [] {3:3 server [] {3:12 listen ["443","ssl"]; 4:5 location ["~","\\\\.php{2}$"] {4:30 proxy_pass ["http://${up}"]; 4:55 add_header ["X","a;b{\\"","always"]}}; 6:3 map ["$a","$b"] {6:15 default [""]}}',
      ],
      problems: [],
    });
  });

  it('passes over Lua, whose braces may stand in strings and comments', () => {
    const text =
      'location / {\n  content_by_lua_block {\n    local t = { a = "}" } -- }\n    ngx.say([[}]]) --[==[ } ]==]\n  }\n  return 200;\n}\n';
    const { directives, problems } = readDirectives('nginx-conf', text, 'x');
    expect(problems).toEqual([]);
    expect(directives[0]?.children?.map(({ name }) => name)).toEqual(['content_by_lua_block', 'return']);
    expect(directives[0]?.children?.[0]?.args[0]).toContain('ngx.say');
  });

  it('names braces that do not match and reads what is complete', () => {
    expect(read('nginx-conf', 'a 1;\n}\nb {\n c 2;\n d').problems).toEqual([
      '2:1 a "}" too many',
      '5:2 d is not ended',
      '3:1 b is not ended',
    ]);
    expect(read('nginx-conf', 'b {\n c 2;\n d }').directives).toEqual(['1:1 b [] {2:2 c ["2"]}']);
    expect(read('nginx-conf', 'a "open').problems).toEqual(['1:3 a quote is not closed', '1:1 a is not ended']);
  });
});

describe('hostile input', () => {
  const kinds: DirectiveClass[] = [
    'dockerfile',
    'codeowners',
    'redis-conf',
    'redis-acl',
    'postgres-conf',
    'pg-hba',
    'nginx-conf',
    'env-file',
  ];
  const long = [
    'a',
    ' ',
    '"',
    "'",
    '\\',
    '{',
    '}',
    ';',
    '#',
    '=',
    '\\\n',
    '<<E ',
    'RUN <<E\n',
    '(',
    ',',
    '[',
    'a {\n',
    'x_by_lua_block {',
    'A="\n',
    '\0',
    '\r',
  ];

  it.each(kinds)('%s answers for long repetitions', (kind) => {
    for (const piece of long) {
      const { directives, problems } = readDirectives(kind, piece.repeat(100_000), 'x');
      expect(directives.length + problems.length).toBeGreaterThanOrEqual(0);
    }
  });

  it.each(kinds)('%s answers for every text, with places in it', (kind) => {
    const pieces = fc.constantFrom(
      'a',
      'FROM',
      ' RUN',
      'user ',
      'host ',
      'local ',
      ' ',
      '\n',
      '"',
      "'",
      '\\',
      '{',
      '}',
      ';',
      '#',
      '=',
      '<<E',
      'E\n',
      '(',
      ')',
      ',',
      '[',
      ']',
      '$',
      '--',
      '\r\n',
      '@b',
      '\t',
      '10.0.0.0/8',
      '_by_lua_block',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(pieces).map((parts) => parts.join('')),
        ),
        (text) => {
          const lines = text.split(/\r\n|\r|\n/).length;
          const { directives, problems } = readDirectives(kind, text, 'x');
          for (const { line = 0 } of [...directives.map(({ origin }) => origin), ...problems]) {
            expect(line).toBeGreaterThanOrEqual(1);
            expect(line).toBeLessThanOrEqual(lines);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
