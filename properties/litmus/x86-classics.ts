import type { Classic } from '#properties/litmus/classic.ts';

/** The tests by which x86's memory is known. SDM: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 3. */
export const x86Classics: readonly Classic[] = [
  {
    name: 'SB',
    source: 'SDM 8.2.3.4: a load may be reordered with an earlier store to another location',
    litmus: `X86 SB
{ x=0; y=0; }
 P0          | P1          ;
 MOV [x],$1  | MOV [y],$1  ;
 MOV EAX,[y] | MOV EAX,[x] ;
exists (0:EAX=0 /\\ 1:EAX=0)`,
    verdicts: { tso: 'Sometimes', sc: 'Never' },
  },
  {
    name: 'SB+mfences',
    source: 'Owens, Sarkar, Sewell 2009, amd5',
    litmus: `X86_64 SB+mfences
{ }
 P0            | P1            ;
 movq $1,(x)   | movq $1,(y)   ;
 mfence        | mfence        ;
 movq (y),%rax | movq (x),%rax ;
exists (0:rax=0 /\\ 1:rax=0)`,
    verdicts: { tso: 'Never', sc: 'Never' },
  },
  {
    name: 'SB+mfence+po',
    source: 'one fence is not enough',
    litmus: `X86_64 SB+mfence+po
{ }
 P0            | P1            ;
 movq $1,(x)   | movq $1,(y)   ;
 mfence        |               ;
 movq (y),%rax | movq (x),%rax ;
exists (0:rax=0 /\\ 1:rax=0)`,
    verdicts: { tso: 'Sometimes', sc: 'Never' },
  },
  {
    name: 'SB+sfences+lfences',
    source: 'neither waits for stores to be seen',
    litmus: `X86 SB+sfences+lfences
{ }
 P0          | P1          ;
 MOV [x],$1  | MOV [y],$1  ;
 SFENCE      | SFENCE      ;
 LFENCE      | LFENCE      ;
 MOV EAX,[y] | MOV EAX,[x] ;
exists (0:EAX=0 /\\ 1:EAX=0)`,
    verdicts: { tso: 'Sometimes', sc: 'Never' },
  },
  {
    name: 'MP',
    source: 'SDM 8.2.3.2: neither loads nor stores are reordered with their like',
    litmus: `X86 MP
{ }
 P0         | P1          ;
 MOV [x],$1 | MOV EAX,[y] ;
 MOV [y],$1 | MOV EBX,[x] ;
exists (1:EAX=1 /\\ 1:EBX=0)`,
    verdicts: { tso: 'Never', sc: 'Never' },
  },
  {
    name: 'LB',
    source: 'SDM 8.2.3.3: stores are not reordered with earlier loads',
    litmus: `X86 LB
{ }
 P0          | P1          ;
 MOV EAX,[x] | MOV EAX,[y] ;
 MOV [y],$1  | MOV [x],$1  ;
exists (0:EAX=1 /\\ 1:EAX=1)`,
    verdicts: { tso: 'Never', sc: 'Never' },
  },
  {
    name: 'SB+rfi',
    source: 'SDM 8.2.3.5: intra-processor forwarding is allowed',
    litmus: `X86 SB+rfi
{ }
 P0          | P1          ;
 MOV [x],$1  | MOV [y],$1  ;
 MOV EAX,[x] | MOV EAX,[y] ;
 MOV EBX,[y] | MOV EBX,[x] ;
exists (0:EAX=1 /\\ 0:EBX=0 /\\ 1:EAX=1 /\\ 1:EBX=0)`,
    verdicts: { tso: 'Sometimes', sc: 'Never' },
  },
  {
    name: 'n6',
    source: 'Owens, Sarkar, Sewell 2009, n6: forwarding, seen by the final value',
    litmus: `X86 n6
{ }
 P0          | P1         ;
 MOV [x],$1  | MOV [y],$2 ;
 MOV EAX,[x] | MOV [x],$2 ;
 MOV EBX,[y] |            ;
exists (0:EAX=1 /\\ 0:EBX=0 /\\ x=1)`,
    verdicts: { tso: 'Sometimes', sc: 'Never' },
  },
  {
    name: 'WRC',
    source: 'SDM 8.2.3.6: stores are transitively visible',
    litmus: `X86 WRC
{ }
 P0         | P1          | P2          ;
 MOV [x],$1 | MOV EAX,[x] | MOV EAX,[y] ;
            | MOV [y],$1  | MOV EBX,[x] ;
exists (1:EAX=1 /\\ 2:EAX=1 /\\ 2:EBX=0)`,
    verdicts: { tso: 'Never', sc: 'Never' },
  },
  {
    name: 'IRIW',
    source: 'SDM 8.2.3.7: stores are seen in one order by other processors',
    litmus: `X86 IRIW
{ }
 P0         | P1         | P2          | P3          ;
 MOV [x],$1 | MOV [y],$1 | MOV EAX,[x] | MOV EAX,[y] ;
            |            | MOV EBX,[y] | MOV EBX,[x] ;
exists (2:EAX=1 /\\ 2:EBX=0 /\\ 3:EAX=1 /\\ 3:EBX=0)`,
    verdicts: { tso: 'Never', sc: 'Never' },
  },
  {
    name: 'SB+xchgs',
    source: 'SDM 8.2.3.9: loads and stores are not reordered with locked instructions',
    litmus: `X86 SB+xchgs
{ 0:EAX=1; 1:EAX=1; }
 P0           | P1           ;
 XCHG [x],EAX | XCHG [y],EAX ;
 MOV EBX,[y]  | MOV EBX,[x]  ;
exists (0:EBX=0 /\\ 1:EBX=0)`,
    verdicts: { tso: 'Never', sc: 'Never' },
  },
  {
    name: 'SB+elsewhere',
    source: 'a locked instruction on a third location is a fence too',
    litmus: `X86_64 SB+elsewhere
{ }
 P0                 | P1                 ;
 movl $1,(x)        | movl $1,(y)        ;
 lock incl (a)      | lock incl (b)      ;
 movl (y),%eax      | movl (x),%eax      ;
exists (0:rax=0 /\\ 1:rax=0)`,
    verdicts: { tso: 'Never', sc: 'Never' },
  },
  {
    name: 'SB+failing-cmpxchg',
    source: 'a locked compare-and-exchange is a fence even if it stores nothing',
    litmus: `X86_64 SB+failing-cmpxchg
{ 0:rax=7; 1:rax=7; }
 P0                      | P1                      ;
 movl $1,(x)             | movl $1,(y)             ;
 lock cmpxchgl %ebx,(a)  | lock cmpxchgl %ebx,(b)  ;
 movl (y),%ecx           | movl (x),%ecx           ;
exists (0:rcx=0 /\\ 1:rcx=0)`,
    verdicts: { tso: 'Never', sc: 'Never' },
  },
  {
    name: 'INC',
    source: 'SDM 8.1.2.2: INC on memory is one step only with LOCK',
    litmus: `X86 INC
{ }
 P0      | P1      ;
 INC [x] | INC [x] ;
exists (x=1)`,
    verdicts: { tso: 'Sometimes', sc: 'Sometimes' },
  },
  {
    name: 'LOCK-INC',
    source: 'SDM 8.1.2.2: INC on memory is one step only with LOCK',
    litmus: `X86 LOCK-INC
{ }
 P0           | P1           ;
 LOCK INC [x] | LOCK INC [x] ;
exists (x=1)`,
    verdicts: { tso: 'Never', sc: 'Never' },
  },
  {
    name: '2+2W',
    source: 'Owens, Sarkar, Sewell 2009: stores are seen in one order',
    litmus: `X86 2+2W
{ }
 P0         | P1         ;
 MOV [x],$1 | MOV [y],$1 ;
 MOV [y],$2 | MOV [x],$2 ;
exists (x=1 /\\ y=1)`,
    verdicts: { tso: 'Never', sc: 'Never' },
  },
  {
    name: 'CoRR',
    source: 'a location is never seen to go back',
    litmus: `X86 CoRR
{ }
 P0         | P1          ;
 MOV [x],$1 | MOV EAX,[x] ;
            | MOV EBX,[x] ;
exists (1:EAX=1 /\\ 1:EBX=0)`,
    verdicts: { tso: 'Never', sc: 'Never' },
  },
];
