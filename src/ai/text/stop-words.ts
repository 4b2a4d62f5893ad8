/** Words that begin and end no phrase: they say how things stand to each other, not what they are. */
export const STOP_WORDS: ReadonlySet<string> = new Set(
  `a about above after again against all almost also although always am among an and another any anyone anything are around as at
  available away back based be because been before behind being below best better between beyond both but by can cannot come could
  currently designed did different do does doing done down due during each easily easy either else enough especially etc even ever
  every everything example few first following for forward found four from full fully further get gets give given gives go good had
  has have having he help helps her here high higher highly him his how however i if in including includes include inside instead
  into is it its itself just keep kind know large last least left less let lets like likely list little look lot made main mainly
  make makes making many may me mean means might mine more most mostly much must my need needed needs neither never new next no non
  none nor not nothing now number of off often on once one ones only onto or other others otherwise our out over own part per
  perform please possible possibly provide provided provides providing put quite rather really require required requires right run
  runs same see several shall she should show shows simple simply since small so some something sometimes still such support
  supported supports sure take takes than that the their them themselves then there therefore these they thing things this those
  though three through thus to together too toward two type under until up upon us use used useful user users uses using usual
  usually various very via want was way we well were what whatever when where whether which while who whole whom whose why will
  with within without work works
  add adds allow allows contain contains implement implements offer offers read reads send sends tell tells write writes would yet you your yours`.split(
    /\s+/,
  ),
);
