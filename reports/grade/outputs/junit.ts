import { XMLBuilder } from 'fast-xml-parser';
import type { GradedTest } from '#reports/grade/graded.ts';
import { storyText } from '#reports/grade/outputs/feedback.ts';
import { english } from '#reports/grade/outputs/feedback.words.ts';
import { visible, visibleLine } from '#reports/grade/outputs/safe-text.ts';
import type { Shown } from '#reports/grade/outputs/shown.ts';

/** An element for fast-xml-parser: attributes by `@_name`, its text by `#text`. */
type Element = Readonly<Record<string, unknown>>;

const builder = new XMLBuilder({ ignoreAttributes: false, format: true, suppressEmptyNode: true });

/**
 * A grade as JUnit XML, as Jenkins and its like read it: a test case for each line of the rubric. What is refuted is a
 * failure, what could not be decided an error; a submission that could not be judged has one test case more, with an error.
 */
export const junitXml = (shown: Shown): string => {
  const { name, assignment, tests, failure } = shown;
  const errors = tests.filter(isError).length + (failure ? 1 : 0);
  const failures = tests.filter(isFailure).length;
  const counts = { '@_tests': tests.length + (failure ? 1 : 0), '@_failures': failures, '@_errors': errors };
  const suiteName = visibleLine(`${assignment}: ${name}`);
  const className = visibleLine(`${assignment}.${name}`);
  const cases = [
    ...(failure
      ? [{ '@_name': 'submission', '@_classname': className, error: problem(failure.reason, failure.why, failure.why) }]
      : []),
    ...tests.map((test) => caseOf(test, className)),
  ];
  const suite = { '@_name': suiteName, ...counts, properties: propertiesOf(shown), testcase: cases };
  const document = {
    '?xml': { '@_version': '1.0', '@_encoding': 'UTF-8' },
    testsuites: { '@_name': assignment, ...counts, testsuite: suite },
  };
  return `${builder.build(document).trimEnd()}\n`;
};

const isFailure = ({ verdict, score, maximum }: GradedTest): boolean => score < maximum && verdict !== 'gave-up';
const isError = ({ verdict, score, maximum }: GradedTest): boolean => score < maximum && verdict === 'gave-up';

const propertiesOf = (shown: Shown): Element => {
  const { score, maximum, rubricFingerprint, toolFingerprint, submissionFingerprint } = shown;
  const values = { score, maximum, rubricFingerprint, toolFingerprint, submissionFingerprint };
  return { property: Object.entries(values).map(([name, value]) => ({ '@_name': name, '@_value': value })) };
};

const caseOf = (test: GradedTest, className: string): Element => {
  const { id, title, why, found } = test;
  const common = { '@_name': visibleLine(`${id}: ${title}`), '@_classname': className };
  const text = found ? storyText(found, english) : (why ?? '');
  if (isFailure(test))
    return { ...common, failure: problem(found?.counterexample.violation.kind ?? 'refuted', why ?? '', text) };
  if (isError(test)) return { ...common, error: problem('gave up', why ?? '', text) };
  return common;
};

const problem = (type: string, message: string, text: string): Element => ({
  '@_type': type,
  '@_message': visibleLine(message),
  '#text': visible(text),
});
