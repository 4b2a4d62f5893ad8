import { complaint } from './constraint-error.js';
import { compareLoosely } from './loose-version.js';
import { isSemver } from '../../../entries/kind/semver-version.js';
import { pluginConstraint } from './plugin-constraint.js';
import { systemRequirement } from './system-requirement.js';

describe('pluginConstraint', () => {
  it.each([
    ['tensorflow-svc>=2.0.0,<3.0.0', 'tensorflow-svc', ['2.0.0', '2.9.1'], ['1.9.9', '3.0.0', '2.1.0-rc.1']],
    ['store', 'store', ['0.0.1', '9.0.0'], ['1.0.0-beta']],
    ['store@^1.2', 'store', ['1.2.0', '1.9.9'], ['1.1.9', '2.0.0']],
    ['store ~1.2 || ^2', 'store', ['1.2.3', '2.5.0'], ['1.3.0', '3.0.0']],
    ['Store==1.0.0', 'store', ['1.0.0'], ['1.0.1']],
    ['store=1.2', 'store', ['1.2.7'], ['1.3.0']],
    ['plugin_store >= 1.0.0 , < 2', 'store', ['1.5.0'], ['2.0.0']],
    ['lib_x.y-2>=2.0.0-rc.1', 'lib_x.y-2', ['2.0.0-rc.2', '2.0.0'], ['2.0.0-beta', '2.1.0-rc.1']],
    ['store@*', 'store', ['1.0.0'], []],
  ])('reads %s', (text, name, good, bad) => {
    const constraint = pluginConstraint(text);
    expect(constraint.name).toBe(name);
    expect(good.filter((version) => !constraint.accepts(version))).toEqual([]);
    expect(bad.filter((version) => constraint.accepts(version))).toEqual([]);
  });

  it.each(['', '>=1.0', '@scope/name', 'store@', 'store>=', 'store>=1.0,', 'store!=1.0.0', 'store 1.0 and up', '-x'])(
    'refuses %j',
    (text) => {
      expect(complaint(pluginConstraint, text)).toMatch(/^must /);
    },
  );

  it('knows SemVer from what only looks like it', () => {
    expect(['1.0.0', '1.0.0-rc.1+b7'].filter((text) => !isSemver(text))).toEqual([]);
    expect(['1.0', 'v1.0.0', '=1.0.0', '01.0.0', 'latest', ''].filter(isSemver)).toEqual([]);
  });
});

describe('systemRequirement', () => {
  it.each([
    ['python>=3.10', ['3.10', '3.10.0', '3.11.2', '4'], ['3.9', '3.9.18', '3.1', '3.10.0rc1']],
    ['python ~=3.10', ['3.10', '3.12'], ['4.0', '3.9']],
    ['python~3.10', ['3.10.4'], ['3.11', '3.9']],
    ['cuda ^12.1 || ^13', ['12.4', '13.0'], ['12.0', '14']],
    ['tool^0.3', ['0.3.9'], ['0.4', '0.2']],
    ['glibc>=2.31,<3', ['2.36-9+deb12u10'], ['3.0', '2.28']],
    ['openssh==9.4p1', ['9.4p1'], ['9.4', '9.4p2']],
    ['python 3.10.*', ['3.10', '3.10.9'], ['3.11', '3.1']],
    ['python!=3.11', ['3.10'], ['3.11.0']],
    ['docker', ['24.0.7', 'yes'], []],
  ])('reads %s', (text, good, bad) => {
    const requirement = systemRequirement(text);
    expect(good.filter((version) => !requirement.meets(version))).toEqual([]);
    expect(bad.filter((version) => requirement.meets(version))).toEqual([]);
  });

  it.each(['', '>=3', 'python>=', 'python>=new', 'python 3,,4'])('refuses %j', (text) => {
    expect(complaint(systemRequirement, text)).toMatch(/^must /);
  });

  it('orders versions of any sort', () => {
    const ordered = ['3.9', '3.10.dev1', '3.10a1', '3.10rc1', '3.10', '3.10.1', '3.11', 'v4', '9.4', '9.4p1'];
    expect(ordered.toReversed().sort(compareLoosely)).toEqual(ordered);
    expect(compareLoosely('3.10', '3.10.0')).toBe(0);
  });
});
