/** From the least to the most urgent; the database keeps their place in this list. */
export const PRIORITIES = ['low', 'normal', 'high', 'critical'] as const;
export type Priority = (typeof PRIORITIES)[number];

/**
 * By how many seconds a workload of each priority goes ahead of its age. A queue is in the order of `rank`, the moment a
 * workload became ready less its head start: of workloads that have waited equally long the more urgent goes first,
 * within a priority the oldest, and one of low priority goes before every critical one that comes 24 hours after it. So
 * nothing starves, and since both the wait of a workload and that of its rivals grow by the same second, the order never
 * has to be computed again: an index holds it.
 */
export const HEAD_START_SECONDS: Readonly<Record<Priority, number>> = {
  low: 0,
  normal: 3600,
  high: 4 * 3600,
  critical: 24 * 3600,
};

/** As the database keeps it. */
export const priorityNumber = (priority: Priority): number => PRIORITIES.indexOf(priority);
