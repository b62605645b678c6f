import { Menu } from '@base-ui/react/menu';
import { ChevronDown, Download } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { type ExportFormat, exportFormats, type WorkflowDetail } from '#shared/wire/workflows.ts';
import { workflowApi } from '../../api/workflow-life.ts';
import { Button } from '../../ui/button.tsx';
import { notify } from '../../ui/notices.tsx';
import { saveFile } from '../../ui/save-file.ts';

async function save(id: string, format: ExportFormat): Promise<void> {
  const { name, blob } = await workflowApi.download(id, format);
  saveFile(name, blob);
}

export function ExportMenu({ workflow }: { workflow: WorkflowDetail }) {
  const { t } = useTranslation();
  const formats = exportFormats.filter((format) => format === 'atelier' || workflow.tool_type === 'comfyui');
  return (
    <Menu.Root>
      <Menu.Trigger render={<Button />}>
        <Download size={16} strokeWidth={1.5} aria-hidden />
        {t('workflow.export.button')}
        <ChevronDown size={15} strokeWidth={1.5} aria-hidden className="text-soft" />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner sideOffset={6} align="end" className="z-50">
          <Menu.Popup className="w-72 rounded-card border border-line bg-raised p-1 shadow-lift outline-none">
            {formats.map((format) => (
              <Menu.Item
                key={format}
                className="cursor-default rounded-control px-3 py-2 outline-none data-highlighted:bg-line"
                onClick={() =>
                  void save(workflow.id, format).catch((error: Error) => notify.bad(error.message))
                }
              >
                <span className="block font-medium">{t(`workflow.export.${format}`)}</span>
                <span className="block text-small text-soft">{t(`workflow.export.${format}Hint`)}</span>
              </Menu.Item>
            ))}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
