import { describe, expect, it } from 'vitest';
import { parseLitmus } from '#model/engine/litmus/parse.ts';
import { LitmusError, placeOf } from '#model/engine/litmus/source.ts';
import { judged, without } from '#properties/litmus/classic.ts';
import { x86Classics } from '#properties/litmus/x86-classics.ts';
import type { EventGraph, Execution } from '#spec/machine/memory/execution.ts';
import { emptyRelation, relate } from '#spec/machine/memory/relation.ts';
import { sc } from '#spec/machine/memory/sc.ts';
import { tso } from '#spec/machine/memory/tso.ts';

/** The states of a test of one thread, whose final registers say what its instructions do. */
const alone = (instructions: readonly string[], shown: string, initial = ''): readonly string[] =>
  judged({ litmus: `X86_64 alone\n{ ${initial} }\n P0 ;\n ${instructions.join(';\n ')};\nlocations [${shown}]` }, tso)
    .states;

describe('x86', () => {
  it.each(x86Classics)('$name: $source', ({ litmus, verdicts }) => {
    expect({ tso: judged({ litmus }, tso).verdict, sc: judged({ litmus }, sc).verdict }).toEqual(verdicts);
  });

  it.each(['atomicity', 'tso'])('without the axiom %s some classic comes out otherwise', (axiom) => {
    const changed = x86Classics.filter(
      (classic) => judged(classic, without(tso, axiom)).verdict !== classic.verdicts['tso'],
    );
    expect(changed.map(({ name }) => name)).not.toEqual([]);
  });
});

describe('instructions of x86', () => {
  it('move between registers, memory and numbers, in both syntaxes', () => {
    expect(alone(['movl $-1,%eax', 'movl %eax,(x)', 'movl (x),%ebx'], '0:rax; 0:rbx; x;')).toEqual([
      '0:rax=-1; 0:rbx=-1; [x]=-1',
    ]);
    const intel = judged({ litmus: 'X86 a\n{ x=3; } P0 ; MOV EAX,[x]; MOV EBX,EAX; MOV [y],EBX;\nforall (y=3)' }, tso);
    expect(intel.verdict).toBe('Always');
  });

  it('compute, and clear the upper half where they are on 32 bits', () => {
    const state = alone(
      ['movq $5,%rax', 'addq $3,%rax', 'subq $1,%rax', 'xorq $2,%rax', 'orq $8,%rax', 'andq $12,%rax', 'decq %rax'],
      '0:rax;',
    );
    expect(state).toEqual(['0:rax=11']);
    expect(alone(['movl $1,%eax'], '0:rax;', 'int64_t 0:rax = -1;')).toEqual(['0:rax=1']);
  });

  it.each([
    { jump: 'je', left: 1, right: 1, isTaken: true },
    { jump: 'jne', left: 1, right: 1, isTaken: false },
    { jump: 'jl', left: -1, right: 1, isTaken: true },
    { jump: 'jle', left: 2, right: 1, isTaken: false },
    { jump: 'jg', left: 2, right: 1, isTaken: true },
    { jump: 'jge', left: 1, right: 1, isTaken: true },
    { jump: 'jb', left: -1, right: 1, isTaken: false },
    { jump: 'ja', left: -1, right: 1, isTaken: true },
    { jump: 'jae', left: 1, right: 1, isTaken: true },
    { jump: 'jbe', left: 1, right: 2, isTaken: true },
  ])('$jump after comparing $left with $right: taken $isTaken', ({ jump, left, right, isTaken }) => {
    const state = alone(
      [`movl $${left},%eax`, `cmpl $${right},%eax`, `${jump} over`, 'movl $1,%ebx', 'over: nop'],
      '0:rbx;',
    );
    expect(state).toEqual([`0:rbx=${isTaken ? 0 : 1}`]);
  });

  it('reach the parts of a register, and leave the rest as it is', () => {
    expect(alone(['movb $1,%ah', 'movb $2,%al', 'movw $3,%bx'], '0:rax; 0:rbx;', '0:rax=65535; 0:rbx=65536;')).toEqual([
      '0:rax=258; 0:rbx=65539',
    ]);
    expect(
      alone(['movb $127,%al', 'incb %al', 'cmpb $0,%al', 'setl %bl', 'addb %ah,%al'], '0:rax; 0:rbx;', '0:rax=256;'),
    ).toEqual(['0:rax=385; 0:rbx=1']);
    expect(alone(['shlw $15,%ax', 'xorb %bl,%bl'], '0:rax; 0:rbx;', '0:rax=65539; 0:rbx=257;')).toEqual([
      '0:rax=98304; 0:rbx=256',
    ]);
  });

  it('move if a condition is met', () => {
    const moves = ['cmpl $2,%eax', 'cmovll %ebx,%ecx', 'cmovgel %ebx,%edx'];
    expect(alone(moves, '0:rcx; 0:rdx;', '0:rax=1; 0:rbx=7;')).toEqual(['0:rcx=7; 0:rdx=0']);
  });

  it('exchange and add, and compare and exchange, give what was there', () => {
    expect(alone(['movl $2,%eax', 'lock xaddl %eax,(x)'], '0:rax; x;', 'x=5;')).toEqual(['0:rax=5; [x]=7']);
    expect(alone(['movl $5,%eax', 'movl $9,%ebx', 'lock cmpxchgl %ebx,(x)'], '0:rax; x;', 'x=5;')).toEqual([
      '0:rax=5; [x]=9',
    ]);
    expect(alone(['movl $4,%eax', 'movl $9,%ebx', 'lock cmpxchgl %ebx,(x)'], '0:rax; x;', 'x=5;')).toEqual([
      '0:rax=5; [x]=5',
    ]);
  });

  it('reach memory through a register', () => {
    expect(alone(['movq $1,(%rax)', 'movq 0(%rax),%rbx'], '0:rbx; x;', '0:rax=x;')).toEqual(['0:rbx=1; [x]=1']);
  });

  it('go round a loop twice, and the test says that executions were left out', () => {
    const spinning = {
      litmus: `X86 spin
{ }
 P0         | P1          ;
 MOV [x],$1 | L:          ;
            | MOV EAX,[x] ;
            | CMP EAX,$0  ;
            | JE L        ;
forall (1:EAX=1)`,
    };
    const { verdict, positive, isCut } = judged(spinning, tso);
    expect({ verdict, positive, isCut }).toEqual({ verdict: 'Always', positive: 3, isCut: true });
  });
});

describe('a thread that reads with a lock on one path only', () => {
  const either = (path: number): string => `X86 either
{ }
 P0                    | P1          | P2         ;
 MOV EDX,[z]           | MOV [y],$1  | MOV [z],$1 ;
 MOV [x],$1            | MFENCE      |            ;
 CMP EDX,$0            | MOV EAX,[x] |            ;
 JNE PLAIN             |             |            ;
 MOV EAX,$7            |             |            ;
 LOCK CMPXCHG [y],EBX  |             |            ;
 JMP END               |             |            ;
 PLAIN: MOV EAX,[y]    |             |            ;
 END: NOP              |             |            ;
exists (0:EDX=${path} /\\ 0:EAX=0 /\\ 1:EAX=0)`;

  it('waits for its store on that path, and on no other', () => {
    expect(judged({ litmus: either(0) }, tso).verdict).toBe('Never');
    expect(judged({ litmus: either(1) }, tso).verdict).toBe('Sometimes');
  });
});

describe('the coherence axiom of tso', () => {
  it('is needed: a store that its own thread does not see would break no other', () => {
    const po = emptyRelation(2);
    relate(po, 0, 1);
    const sameLocation = emptyRelation(2);
    const fr = emptyRelation(2);
    relate(sameLocation, 0, 1);
    relate(sameLocation, 1, 0);
    relate(fr, 1, 0);
    const none = emptyRelation(2);
    const graph: EventGraph = {
      size: 2,
      events: [
        { tag: 'write', thread: 0, location: 0, order: 'plain', isExclusive: false, isLocked: false },
        {
          tag: 'read',
          thread: 0,
          location: 0,
          order: 'plain',
          isDiscarded: false,
          isExclusive: false,
          isLocked: false,
        },
      ],
      reads: [0b10],
      writes: [0b01],
      accesses: [0b11],
      po,
      sameLocation,
      internal: sameLocation,
      external: none,
      address: none,
      data: none,
      control: none,
      pickAddress: none,
      pickData: none,
      pickControl: none,
      amo: none,
      rmw: none,
    };
    const execution: Execution = { graph, rf: none, co: none, fr };
    const broken = tso.axioms.filter(({ holds }) => !holds(execution, tso.local(graph)));
    expect(broken.map(({ name }) => name)).toEqual(['coherence']);
  });
});

describe('what is no x86, or not in the subset', () => {
  /** The first complaint about a test of this one instruction: `line:column`, what, and what would do. */
  const complaint = (instruction: string, architecture = 'X86_64'): string => {
    const text = `${architecture} wrong\n{ }\n P0 ;\n nop ;\n ${instruction} ;\nexists (x=1)`;
    try {
      parseLitmus(text);
      return 'none';
    } catch (error) {
      if (!(error instanceof LitmusError)) throw error;
      const { line, column } = placeOf(text, error.offset);
      return `${line}:${column} ${error.trouble}: ${error.message}; ${error.remedy}`;
    }
  };

  it.each([
    ['movl $1,(x)', 'none'],
    ['movb $1,(x)', '5:10 unsupported: an access of 8 bits; memory is accessed by 32 or 64'],
    ['sete (x)', "5:2 unsupported: the instruction 'sete (x)'; it does not take these operands, or not so"],
    ['shll $1,(x)', "5:2 unsupported: the instruction 'shll $1,(x)'; it does not take these operands, or not so"],
    ['clflush (x)', "5:2 unsupported: the instruction 'clflush (x)'; clflush is not known"],
    ['movl (x),(y)', "5:2 unsupported: the instruction 'movl (x),(y)'; it does not take these operands, or not so"],
    ['movl $1,$2', "5:2 unsupported: the instruction 'movl $1,$2'; it does not take these operands, or not so"],
    ['movl $1', "5:2 unsupported: the instruction 'movl $1'; it does not take these operands, or not so"],
    ['xaddl %eax,(x)', "5:2 unsupported: the instruction 'xaddl %eax,(x)'; it does not take these operands, or not so"],
    [
      'lock movl $1,(x)',
      "5:2 unsupported: the instruction 'lock movl $1,(x)'; it does not take these operands, or not so",
    ],
    ['movl $1,%rax', '5:10 syntax: a register of 64 bits; expected one of 32'],
    ['movl $1,%al', '5:10 syntax: a register of 8 bits; expected one of 32'],
    ['movl $1,x', "5:10 syntax: 'x'; expected a register, or a location in brackets"],
    ['movl $1,(x', "5:12 syntax: it ends too early; expected ')'"],
    ['movl $1 (x)', "5:10 syntax: '('; expected ','"],
    ['mfence (x)', "5:9 syntax: '(x)'; expected no operand"],
    ['jmp nowhere', "5:6 syntax: no label 'nowhere' in this thread; expected a label of its column"],
    [
      'jo over',
      "5:2 unsupported: the condition 'o'; known are E and NE, and after what compares also L, LE, G, GE, B, BE, A and AE",
    ],
    [
      'addl $1,%eax; jl over',
      "5:16 unsupported: the condition 'l'; known are E and NE, and after what compares also L, LE, G, GE, B, BE, A and AE",
    ],
  ])('%s: %s', (instruction, expected) => {
    expect(complaint(instruction)).toBe(expected);
  });

  it('names a register as its own syntax does', () => {
    expect(complaint('MOV [x],RAX', 'X86')).toBe("5:10 syntax: 'RAX'; expected a register, or a location in brackets");
    expect(complaint('MOV [x],EAX', 'X86')).toBe('none');
  });
});
