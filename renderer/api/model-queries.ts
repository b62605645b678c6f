import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { notify } from '../ui/notices.tsx';
import { type InventoryWish, modelApi } from './models.ts';
import { keys } from './queries.ts';

export const useModelSummary = () =>
  useQuery({ queryKey: [...keys.models, 'summary'], queryFn: ({ signal }) => modelApi.summary(signal) });

export const useModelFetches = () =>
  useQuery({
    queryKey: [...keys.models, 'fetches'],
    queryFn: async ({ signal }) => (await modelApi.fetches(signal)).fetch_list,
  });

/** What agents and the library have, page after page. */
export const useInventory = (wish: Omit<InventoryWish, 'current_page'>) =>
  useInfiniteQuery({
    queryKey: [...keys.models, 'inventory', wish],
    queryFn: ({ pageParam, signal }) => modelApi.inventory({ ...wish, current_page: pageParam }, signal),
    initialPageParam: 1,
    getNextPageParam: ({ page_meta: page }) =>
      page.current_page * page.per_page < page.total_count ? page.current_page + 1 : undefined,
    placeholderData: keepPreviousData,
  });

/** A change of models: everything that shows them is read again; a refusal is said. */
export function useModelChange<Input, Reply>(change: (input: Input) => Promise<Reply>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onError: (error) => void notify.bad(error.message),
    onSettled: () => client.invalidateQueries({ queryKey: keys.models }),
  });
}
