"""Spells numbers with ICU by the rules that stand on standard input.

Each line of the output is a language, a rule set, a number and its words.
ICU before 74 does not know the bar in brackets, so such rules are written as two.
"""
import re
import sys

import icu

NUMBERS = (list(range(0, 130)) + list(range(190, 1300, 37)) + [
    180, 191, 200, 300, 321, 500, 1000, 1001, 1002, 1010, 1099, 1100, 1101, 1110, 1111, 1190, 1200, 1900, 1939, 1984,
    1999, 2000, 2001, 2009, 2010, 2021, 2026, 2100, 3000, 4321, 9999, 10000, 10001, 11000, 21000, 21001, 22222, 80000,
    99999, 100000, 100001, 101101, 200000, 180080, 321321, 999999, 1000000, 1000001, 1100000, 2000000, 2000002, 5000000,
    21000021, 80000000, 100000000, 123456789, 1000000000, 2000000001, 5005005005, 1000000000000, 2000000000000,
    123456789012345, 1000000000000000, 999999999999999])


def plain(rules):
    """Writes rules with a bar in brackets as two rules."""
    out = []
    for line in rules.split('\n'):
        m = re.match(r'(\d+)(/\d+)?:\s*(.*)\[(.*)\|(.*)\](.*);$', line)
        if not m:
            out.append(line)
            continue
        base, radix, before, inside, instead, after = m.groups()
        out.append(f'{base}{radix or ""}: {before}{instead}{after};')
        out.append(f'{int(base) + 1}{radix or ""}: {before}{inside}{after};')
    return '\n'.join(out)


def main():
    for part in ('\n' + sys.stdin.buffer.read().decode()).split('\n= ')[1:]:
        tag, rules = part.split('\n', 1)
        try:
            fmt = icu.RuleBasedNumberFormat(plain(rules), icu.Locale(tag.replace('-', '_')))
        except icu.ICUError as err:
            print(tag, err, file=sys.stderr)
            continue
        for i in range(fmt.getNumberOfRuleSetNames()):
            name = fmt.getRuleSetName(i)
            for n in NUMBERS:
                print(tag, name.lstrip('%'), n, spell(fmt, n, name), sep='\t')


def spell(fmt, n, name):
    fmt.setDefaultRuleSet(name)
    return ' '.join(fmt.format(n).replace('\u00ad', '').replace('\u200b', '').split())


main()
